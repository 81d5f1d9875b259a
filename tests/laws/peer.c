/* A stranger in the place of a child: born with a child's descriptors, it reads its boot record only for the word
 * between two @, and then does what the word says. MOMENT is b (before readiness), r (ready), a (has read a request).
 *
 *   MOMENT:exit:N  MOMENT:signal:N  MOMENT:close:ABCD  fuzz:SEED  and the words in `main`
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READY = 16, CRASH = 17, ENDED = 18, ANSWER = 19, REFUSED = 20, REQUEST = 24, WITHDRAW = 25 };

static char word[64];

static int find(const char *bytes, long length) {
    for (long at = 0; at < length; at++) {
        if (bytes[at] != '@') continue;
        /* Numbers of any kind are in the record too. */
        for (long end = at + 1; end < length && end - at < 60 && isprint((unsigned char)bytes[end]); end++) {
            if (bytes[end] == '@' && end > at + 1) {
                memcpy(word, bytes + at + 1, end - at - 1);
                return 1;
            }
        }
    }
    return 0;
}

static void boot(void) {
    static char packet[65536];
    while (!word[0]) {
        long length = recv(3, packet, sizeof packet, 0);
        if (length <= 0) _exit(99);
        find(packet, length);
    }
}

static int say(const void *bytes, size_t length) { return send(3, bytes, length, MSG_NOSIGNAL) >= 0; }

static void ready(void) {
    unsigned char packet = READY;
    say(&packet, 1);
}

static void request(void) {
    char byte;
    while (read(0, &byte, 1) == 1 && byte != '\n') {}
}

static void rest(void) {
    for (;;) pause();
}

static void put(const char *text) {
    size_t left = strlen(text);
    while (left > 0) {
        long count = write(1, text, left);
        if (count <= 0) return;
        text += count, left -= count;
    }
}

static void flood(int number, const char *text) {
    static char block[65536];
    size_t length = strlen(text);
    for (size_t at = 0; at + length <= sizeof block; at += length) memcpy(block + at, text, length);
    size_t whole = sizeof block / length * length;
    while (write(number, block, whole) > 0 || errno == EINTR) {}
    rest();
}

static unsigned long long state;

static unsigned draw(unsigned end) {
    state += 0x9e3779b97f4a7c15ull;
    unsigned long long z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return (unsigned)((z ^ (z >> 31)) % end);
}

static void fuzz(unsigned seed) {
    static unsigned char packet[40000];
    state = seed;
    if (draw(2)) ready();
    for (int nth = 0; nth < 50; nth++) {
        unsigned kinds[] = {READY, CRASH, ENDED, ANSWER, REFUSED, REQUEST, WITHDRAW, draw(256)};
        unsigned length = draw(3) ? draw(16) : draw(sizeof packet);
        for (unsigned at = 0; at < length; at++) packet[at] = draw(256);
        packet[0] = kinds[draw(8)];
        if (!say(packet, length ? length : 1)) break;
    }
    _exit(draw(256));
}

static void at_moment(const char *what) {
    int number;
    char order[8] = {0};
    if (sscanf(what, "exit:%d", &number) == 1) _exit(number);
    if (sscanf(what, "signal:%d", &number) == 1) {
        signal(number, SIG_DFL);
        raise(number);
        rest();
    }
    if (sscanf(what, "close:%7s", order) == 1) {
        for (char *at = order; *at; at++) close(*at - '0');
        rest();
    }
    _exit(98);
}

int main(void) {
    boot();
    unsigned seed;
    if (word[1] == ':') {
        if (word[0] != 'b') ready();
        if (word[0] == 'a') request();
        at_moment(word + 2);
    }
    if (sscanf(word, "fuzz:%u", &seed) == 1) fuzz(seed);
    if (!strcmp(word, "stall-boot")) rest();
    if (!strcmp(word, "suspend-boot")) raise(SIGSTOP), rest();
    if (!strcmp(word, "forever-ready")) {
        for (;;) ready();
    }
    ready();
    if (!strcmp(word, "stall")) rest();
    if (!strcmp(word, "deaf")) {
        for (int number = 1; number < 32; number++) signal(number, SIG_IGN);
        rest();
    }
    if (!strcmp(word, "suspend")) raise(SIGSTOP), rest();
    if (!strcmp(word, "flood")) flood(1, "1\n");
    if (!strcmp(word, "flood-nothing")) flood(1, "\n");
    if (!strcmp(word, "flood-stderr")) flood(2, "a line of log that nobody asked for\n");
    if (!strcmp(word, "flood-stderr-line")) flood(2, "x");
    if (!strcmp(word, "endless")) put("\""), flood(1, "x");
    if (!strcmp(word, "deep")) flood(1, "[");
    request();
    if (!strcmp(word, "garbage")) put(")]}#\xff\xfe\x01 \"\\q\n"), rest();
    if (!strcmp(word, "half")) put("12"), _exit(0);
    if (!strcmp(word, "half-string")) put("\"abc"), _exit(0);
    if (!strcmp(word, "wrong-type")) put("\"one\"\n"), rest();
    if (!strcmp(word, "stray-print")) put("hello, world\n"), put("2\n"), rest();
    if (!strcmp(word, "twice")) put("2\n2\n2\n"), rest();
    if (!strcmp(word, "liar")) {
        char said[] = "\x11 not a crash at all";
        say(said, sizeof said - 1);
        _exit(0);
    }
    if (!strcmp(word, "forger")) {
        char said[] = "\x11#wat.kernel/Crash {:kind :panic :path \"/9/9\" :program \"somebody/else\" :message \"forged\"}";
        say(said, sizeof said - 1);
        _exit(1);
    }
    if (!strcmp(word, "ended-lie")) {
        unsigned char said[5] = {ENDED, 0, 0, 0, 0};
        say(said, 5);
        _exit(3);
    }
    if (!strcmp(word, "fork-away")) {
        /* What goes on holds every descriptor. */
        if (fork() == 0) setsid(), sleep(2), _exit(0);
        _exit(3);
    }
    _exit(97);
}
