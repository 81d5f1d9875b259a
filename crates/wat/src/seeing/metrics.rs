//! The figures of a tree for monitoring systems: one table, as text for Prometheus and as OTLP in JSON. Pure: sights in,
//! text out.
//!
//! The JSON follows the OpenTelemetry protocol's mapping: keys in lowerCamelCase, 64-bit integers as strings, enums as
//! their numbers.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use serde_json::{Value, json};
use std::sync::atomic::AtomicU64;
use wat_host::see::{Sight, Tier};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Only grows while its node lives.
    Sum,
    Gauge,
}

/// One figure of a node; none where it is not known.
struct Metric {
    name: &'static str,
    help: &'static str,
    /// As Prometheus names it.
    unit: Option<&'static str>,
    kind: Kind,
    of: fn(&Sight) -> Option<f64>,
}

const METRICS: [Metric; 11] = [
    Metric {
        name: "up",
        help: "Whether the node answers",
        unit: None,
        kind: Kind::Gauge,
        of: |s| Some(if s.answers { 1.0 } else { 0.0 }),
    },
    Metric {
        name: "age",
        help: "Time since the node was started",
        unit: Some("seconds"),
        kind: Kind::Gauge,
        of: |s| Some(s.age_ms as f64 / 1e3),
    },
    Metric {
        name: "memory",
        help: "Memory of the process in use",
        unit: Some("bytes"),
        kind: Kind::Gauge,
        of: |s| s.memory.map(|bytes| bytes as f64),
    },
    Metric {
        name: "cpu",
        help: "Processor time used",
        unit: Some("seconds"),
        kind: Kind::Sum,
        of: |s| s.cpu_us.map(|us| us as f64 / 1e6),
    },
    Metric {
        name: "restarts",
        help: "Times that a supervisor has started the node again",
        unit: None,
        kind: Kind::Sum,
        of: |s| Some(f64::from(s.restarts)),
    },
    Metric {
        name: "sent",
        help: "Values sent to the node by its parent",
        unit: None,
        kind: Kind::Sum,
        of: |s| below(s).then_some(s.sent as f64),
    },
    Metric {
        name: "arrived",
        help: "Values of the node taken by its parent",
        unit: None,
        kind: Kind::Sum,
        of: |s| below(s).then_some(s.arrived as f64),
    },
    Metric {
        name: "read",
        help: "Values that the node has read from its stdin",
        unit: None,
        kind: Kind::Sum,
        of: |s| s.answers.then_some(s.read as f64),
    },
    Metric {
        name: "written",
        help: "Values that the node has written to its stdout",
        unit: None,
        kind: Kind::Sum,
        of: |s| s.answers.then_some(s.written as f64),
    },
    Metric {
        name: "queue",
        help: "Requests sent to the node and not read by it, or waiting for its children",
        unit: None,
        kind: Kind::Gauge,
        of: |s| s.queued().map(|n| n as f64),
    },
    Metric {
        name: "wait",
        help: "Time for which the node has been blocked; 0 while it runs",
        unit: Some("seconds"),
        kind: Kind::Gauge,
        of: |s| s.answers.then(|| s.wait.as_ref().map_or(0.0, |wait| wait.ms as f64 / 1e3)),
    },
];

fn below(sight: &Sight) -> bool {
    sight.path != "/"
}

fn tier(sight: &Sight) -> &'static str {
    if sight.tier == Tier::Thread { "thread" } else { "process" }
}

/// Text in the exposition format of OpenMetrics, which Prometheus reads.
pub fn prometheus(sights: &[Sight]) -> String {
    type Labels = Vec<(&'static str, String)>;
    let labels = |sight: &Sight| -> Labels {
        vec![
            ("path", sight.path.clone()),
            ("program", sight.program.clone()),
            ("tier", tier(sight).to_string()),
        ]
    };
    let mut registry = Registry::with_prefix("wat_node");
    for metric in &METRICS {
        let values = sights.iter().filter_map(|sight| Some((labels(sight), (metric.of)(sight)?)));
        let unit = metric.unit.map(|unit| Unit::Other(unit.to_string()));
        match metric.kind {
            Kind::Sum => {
                let family = Family::<Labels, Counter<f64, AtomicU64>>::default();
                for (labels, value) in values {
                    family.get_or_create(&labels).inc_by(value);
                }
                register(&mut registry, metric, unit, family);
            }
            Kind::Gauge => {
                let family = Family::<Labels, Gauge<f64, AtomicU64>>::default();
                for (labels, value) in values {
                    family.get_or_create(&labels).set(value);
                }
                register(&mut registry, metric, unit, family);
            }
        }
    }
    let mut text = String::new();
    encode(&mut text, &registry).expect("a string takes all that is written to it");
    text
}

fn register(
    registry: &mut Registry,
    metric: &Metric,
    unit: Option<Unit>,
    family: impl prometheus_client::registry::Metric,
) {
    match unit {
        Some(unit) => registry.register_with_unit(metric.name, metric.help, unit, family),
        None => registry.register(metric.name, metric.help, family),
    }
}

/// One request of an OTLP exporter as JSON on one line. `now` is nanoseconds since the epoch.
pub fn otlp(pid: i32, sights: &[Sight], now: u64) -> String {
    let service = sights.first().map_or("wat", |root| root.program.as_str());
    let metrics: Vec<Value> = METRICS.iter().filter_map(|metric| one(metric, sights, now)).collect();
    let request = json!({
        "resourceMetrics": [{
            "resource": { "attributes": [text("service.name", service), number("process.pid", i64::from(pid))] },
            "scopeMetrics": [{
                "scope": { "name": "wat", "version": env!("CARGO_PKG_VERSION") },
                "metrics": metrics,
            }],
        }],
    });
    format!("{request}\n")
}

fn one(metric: &Metric, sights: &[Sight], now: u64) -> Option<Value> {
    /// `AGGREGATION_TEMPORALITY_CUMULATIVE`
    const CUMULATIVE: u8 = 2;
    let points: Vec<Value> = sights
        .iter()
        .filter_map(|sight| {
            let value = (metric.of)(sight)?;
            let begun = now.saturating_sub(sight.age_ms.saturating_mul(1_000_000));
            Some(json!({
                "attributes": [
                    text("wat.path", &sight.path),
                    text("wat.program", &sight.program),
                    text("wat.tier", tier(sight)),
                    number("process.pid", i64::from(sight.pid)),
                ],
                "startTimeUnixNano": begun.to_string(),
                "timeUnixNano": now.to_string(),
                "asDouble": value,
            }))
        })
        .collect();
    if points.is_empty() {
        return None;
    }
    let unit = match metric.unit {
        Some("seconds") => "s",
        Some("bytes") => "By",
        _ => "1",
    };
    let mut object =
        json!({ "name": format!("wat.node.{}", metric.name), "description": metric.help, "unit": unit });
    let (key, data) = match metric.kind {
        Kind::Sum => (
            "sum",
            json!({ "aggregationTemporality": CUMULATIVE, "isMonotonic": true, "dataPoints": points }),
        ),
        Kind::Gauge => ("gauge", json!({ "dataPoints": points })),
    };
    object[key] = data;
    Some(object)
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

fn number(key: &str, value: i64) -> Value {
    json!({ "key": key, "value": { "intValue": value.to_string() } })
}
