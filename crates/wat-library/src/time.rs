//! `wat.time`: the calendar and the time zones, by the crate jiff with the time zone database inside. Nothing is read from
//! the machine: every row is told its zone, and the environment's TZ is never asked.

use crate::result;
use jiff::civil::{Date, DateTime};
use jiff::fmt::friendly::{SpanParser, SpanPrinter};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{RoundMode, SignedDuration, Span, Timestamp, Unit, Zoned, ZonedRound};
use std::fmt::Display;
use std::sync::OnceLock;
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::object::Obj;
use wat_runtime::{sum, text, value_rows, vector};

value_rows! {
    time_zone(mem, name, result) => {
        let desc = DescRef(result as u32);
        match zone(text::str(name)) {
            Ok(_) => {
                let name = text::make_string(mem, text::str(name))?;
                sum::ok(mem, desc, mem.object_of(sum::payload(desc), 0, &[name])?.slot())
            }
            Err(error) => error.value(mem, desc),
        }
    };
    time_zones(mem, result) => {
        let mut all = vector::with_capacity(mem, DescRef(result as u32), 0)?;
        for name in database().available() {
            all = vector::push(mem, all, text::make_string(mem, name.as_str())?)?;
        }
        Ok(all.slot())
    };
    time_fields(mem, zone, instant, result) => fields(mem, &zoned(zone, instant)?, zone, DescRef(result as u32));
    time_instant(mem, zone, civil, result) => {
        let made = known(zone)?;
        answer(mem, DescRef(result as u32), from_civil(&made, Obj::of(civil)).and_then(|t| nanos(t, "")))
    };
    time_format(mem, zone, pattern, instant) => {
        let pattern = text::str(pattern);
        let out = jiff::fmt::strtime::format(pattern, &zoned(zone, instant)?)
            .map_err(|error| Fail::new("invalid", format!("the pattern \"{pattern}\": {error}")))?;
        text::make_string(mem, &out)
    };
    time_parse(mem, zone, pattern, string, result) => {
        let read = parse(&known(zone)?, text::str(pattern), text::str(string));
        answer(mem, DescRef(result as u32), read)
    };
    time_parse_iso(mem, zone, string, result) => {
        answer(mem, DescRef(result as u32), parse_iso(&known(zone)?, text::str(string)))
    };
    time_add(_mem, zone, months, days, instant) => {
        let from = zoned(zone, instant)?;
        let span = Span::new().try_months(months as i64).and_then(|s| s.try_days(days as i64));
        whole(span.and_then(|span| from.checked_add(span)).map(|z| z.timestamp()))
    };
    time_start(_mem, zone, unit, instant) => whole(start(&zoned(zone, instant)?, unit));
    time_until(_mem, zone, unit, from, to) => {
        let (from, to) = (zoned(zone, from)?, zoned(zone, to)?);
        let unit = UNITS[unit as usize];
        let span = from.until((unit, &to)).map_err(|error| Fail::new("overflow", error.to_string()))?;
        let count = match unit {
            Unit::Year => i64::from(span.get_years()),
            Unit::Month => i64::from(span.get_months()),
            Unit::Week => i64::from(span.get_weeks()),
            Unit::Day => i64::from(span.get_days()),
            Unit::Hour => i64::from(span.get_hours()),
            Unit::Minute => span.get_minutes(),
            _ => span.get_seconds(),
        };
        Ok(count as u64)
    };
    time_transition(mem, zone, instant, result) => {
        let (zone, from) = (known(zone)?, timestamp(instant)?);
        let next = zone.following(from).next().map(|t| t.timestamp());
        let next = next.and_then(|t| i64::try_from(t.as_nanosecond()).ok());
        sum::option(mem, DescRef(result as u32), next.map(|n| n as u64))
    };
    duration_text(mem, duration) => {
        let duration = SignedDuration::from_nanos(duration as i64);
        text::make_string(mem, &SpanPrinter::new().duration_to_string(&duration))
    };
    duration_parse(mem, string, result) => {
        let string = text::str(string);
        let read = SpanParser::new().parse_duration(string).map_err(|error| Mistake::of(&error, string));
        let read = read.and_then(|d| {
            i64::try_from(d.as_nanos()).map_err(|_| Mistake::new("out-of-range", "more than 292 years", string))
        });
        answer(mem, DescRef(result as u32), read)
    };
}

/// The units of `wat.time/Unit`, in its order.
const UNITS: [Unit; 7] =
    [Unit::Year, Unit::Month, Unit::Week, Unit::Day, Unit::Hour, Unit::Minute, Unit::Second];

/// A `wat.time/TimeError`.
struct Mistake {
    kind: &'static str,
    message: String,
    text: String,
}

impl Mistake {
    fn new(kind: &'static str, message: impl Display, text: &str) -> Mistake {
        Mistake { kind, message: message.to_string(), text: text.to_string() }
    }

    fn of(error: &jiff::Error, text: &str) -> Mistake {
        Mistake::new(if error.is_range() { "out-of-range" } else { "malformed" }, error, text)
    }

    fn value(&self, mem: Mem, desc: DescRef) -> Result<u64, Fail> {
        let mut out = format!("{{:kind :{}", self.kind).into_bytes();
        result::string_field(&mut out, "message", &self.message);
        result::string_field(&mut out, "text", &self.text);
        out.push(b'}');
        result::err(mem, desc, &out)
    }
}

fn database() -> &'static TimeZoneDatabase {
    static DATABASE: OnceLock<TimeZoneDatabase> = OnceLock::new();
    DATABASE.get_or_init(TimeZoneDatabase::bundled)
}

/// `Europe/Berlin`, `UTC`, `+02:00`.
fn zone(name: &str) -> Result<TimeZone, Mistake> {
    DateTimeParser::new()
        .parse_time_zone_with(database(), name)
        .map_err(|error| Mistake::new("unknown-zone", error, name))
}

/// The zone of a String that a `Zone` holds.
fn known(name: u64) -> Result<TimeZone, Fail> {
    let name = text::str(name);
    zone(name).map_err(|_| Fail::new("invalid", format!("there is no time zone \"{name}\"")))
}

fn timestamp(instant: u64) -> Result<Timestamp, Fail> {
    Timestamp::from_nanosecond(i128::from(instant as i64))
        .map_err(|error| Fail::new("overflow", error.to_string()))
}

fn zoned(zone: u64, instant: u64) -> Result<Zoned, Fail> {
    Ok(timestamp(instant)?.to_zoned(known(zone)?))
}

/// An Instant's nanoseconds, or why a crash.
fn whole(result: Result<Timestamp, jiff::Error>) -> Result<u64, Fail> {
    let out = || Fail::new("overflow", "the instant is outside the years 1677 to 2262");
    let nanos = result.map_err(|_| out())?.as_nanosecond();
    Ok(i64::try_from(nanos).map_err(|_| out())? as u64)
}

fn nanos(instant: Timestamp, text: &str) -> Result<i64, Mistake> {
    i64::try_from(instant.as_nanosecond())
        .map_err(|_| Mistake::new("out-of-range", "outside the years 1677 to 2262", text))
}

fn answer(mem: Mem, desc: DescRef, result: Result<i64, Mistake>) -> Result<u64, Fail> {
    match result {
        Ok(nanos) => sum::ok(mem, desc, nanos as u64),
        Err(mistake) => mistake.value(mem, desc),
    }
}

/// A `wat.time/Fields`.
fn fields(mem: Mem, at: &Zoned, zone: u64, desc: DescRef) -> Result<u64, Fail> {
    let info = at.time_zone().to_offset_info(at.timestamp());
    let abbreviation = text::make_string(mem, info.abbreviation())?;
    let name = text::make_string(mem, text::str(zone))?;
    let week = at.date().iso_week_date();
    let fields = [
        i64::from(at.year()),
        i64::from(at.month()),
        i64::from(at.day()),
        i64::from(at.hour()),
        i64::from(at.minute()),
        i64::from(at.second()),
        i64::from(at.subsec_nanosecond()),
        i64::from(at.weekday().to_monday_zero_offset()),
        i64::from(at.day_of_year()),
        i64::from(week.year()),
        i64::from(week.week()),
        i64::from(at.offset().seconds()) * 1_000_000_000,
        i64::from(info.dst().is_dst()),
        abbreviation as i64,
        name as i64,
    ];
    Ok(mem.object_of(desc, 0, &fields.map(|field| field as u64))?.slot())
}

/// The instant of a `wat.time/Civil`; in a gap the later, in a fold the earlier of the two that clocks could mean.
fn from_civil(zone: &TimeZone, civil: Obj) -> Result<Timestamp, Mistake> {
    let field = |i: usize| civil.get(i) as i64;
    let out = |what: &str, i: usize| Mistake::new("out-of-range", format!("{what} {}", field(i)), "");
    let small = |what: &str, i: usize| i8::try_from(field(i)).map_err(|_| out(what, i));
    let year = i16::try_from(field(0)).map_err(|_| out("year", 0))?;
    let nanos = i32::try_from(field(6)).map_err(|_| out("nanosecond", 6))?;
    let date = Date::new(year, small("month", 1)?, small("day", 2)?);
    let time = jiff::civil::Time::new(small("hour", 3)?, small("minute", 4)?, small("second", 5)?, nanos);
    let made = date.and_then(|date| Ok(date.to_datetime(time?)));
    made.and_then(|at| zone.to_timestamp(at)).map_err(|error| Mistake::new("out-of-range", error, ""))
}

fn parse(zone: &TimeZone, pattern: &str, string: &str) -> Result<i64, Mistake> {
    let wrong = |error: jiff::Error| Mistake::of(&error, string);
    let read = BrokenDownTime::parse(pattern, string).map_err(wrong)?;
    let at = if read.iana_time_zone().is_some() {
        read.to_zoned_with(database()).map_err(wrong)?.timestamp()
    } else if read.offset().is_some() || read.timestamp().is_some() {
        read.to_timestamp().map_err(wrong)?
    } else {
        let at = match read.hour() {
            Some(_) => read.to_datetime().map_err(wrong)?,
            None => read.to_date().map_err(wrong)?.to_datetime(jiff::civil::Time::midnight()),
        };
        zone.to_timestamp(at).map_err(wrong)?
    };
    nanos(at, string)
}

/// ISO 8601 and RFC 3339: with an offset, or a date and perhaps a time in the zone.
fn parse_iso(zone: &TimeZone, string: &str) -> Result<i64, Mistake> {
    let parser = DateTimeParser::new();
    let at = match parser.parse_timestamp(string) {
        Ok(at) => at,
        Err(first) => {
            let local: Result<DateTime, _> = parser.parse_datetime(string);
            let local = local.map_err(|_| Mistake::of(&first, string))?;
            zone.to_timestamp(local).map_err(|error| Mistake::of(&error, string))?
        }
    };
    nanos(at, string)
}

/// The first moment of the year, month, week, day, hour, minute or second.
fn start(at: &Zoned, unit: u64) -> Result<Timestamp, jiff::Error> {
    let unit = UNITS[unit as usize];
    let date = at.date();
    let day = |date: Date| Ok(date.to_zoned(at.time_zone().clone())?.timestamp());
    match unit {
        Unit::Year => day(date.first_of_year()),
        Unit::Month => day(date.first_of_month()),
        Unit::Week => {
            day(date.checked_sub(Span::new().days(i64::from(date.weekday().to_monday_zero_offset())))?)
        }
        Unit::Day => Ok(at.start_of_day()?.timestamp()),
        _ => Ok(at.round(ZonedRound::new().smallest(unit).mode(RoundMode::Trunc))?.timestamp()),
    }
}
