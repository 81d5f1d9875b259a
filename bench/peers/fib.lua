local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local n = tonumber(arg[1])
local start = os.clock()
local v = fib(n)
local took = os.clock() - start
io.stderr:write(v, "\n")
print(string.format("%.0f", took * 1e9))
