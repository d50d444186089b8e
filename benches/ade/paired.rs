//! Two pieces of work, timed in turn.

use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion};

/// How long one side runs before it is the other's turn.
const TURN: Duration = Duration::from_millis(4);
const PAIRS: usize = 101;

/// A line of the summary: ours, the reference, and the ratio.
pub(crate) struct Line {
    name: &'static str,
    ours: String,
    reference: String,
    ratio: f64,
}

impl Line {
    /// Two amounts of something else than time.
    pub(crate) fn of(name: &'static str, unit: &str, ours: f64, reference: f64) -> Self {
        let shown = |amount: f64| format!("{amount:.1}{unit}");
        Self { name, ours: shown(ours), reference: shown(reference), ratio: ours / reference }
    }

    /// The medians of pairs of seconds, and the median of their ratios.
    pub(crate) fn of_pairs(name: &'static str, pairs: &[(f64, f64)]) -> Self {
        let median = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or_default()
        };
        let shown = |seconds: Vec<f64>| format!("{:.2?}", Duration::from_secs_f64(median(seconds)));
        Self {
            name,
            ours: shown(pairs.iter().map(|pair| pair.0).collect()),
            reference: shown(pairs.iter().map(|pair| pair.1).collect()),
            ratio: median(pairs.iter().map(|pair| pair.0 / pair.1).collect()),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<34}{:>12}{:>12}{:>8.2}", self.name, self.ours, self.reference, self.ratio)
    }
}

/// Benches both sides with criterion under `name/ours` and `name/REFERENCE`, then in turn for the ratio.
pub(crate) fn paired<A, B>(
    criterion: &mut Criterion,
    name: &'static str,
    reference_name: &str,
    ours: impl FnMut() -> A,
    reference: impl FnMut() -> B,
) -> Line {
    measure(criterion, (name, reference_name), (100, PAIRS), ours, reference)
}

/// As [`paired`], for work of a tenth of a second and more: with few samples.
pub(crate) fn paired_few<A, B>(
    criterion: &mut Criterion,
    name: &'static str,
    reference_name: &str,
    ours: impl FnMut() -> A,
    reference: impl FnMut() -> B,
) -> Line {
    measure(criterion, (name, reference_name), (10, 15), ours, reference)
}

fn measure<A, B>(
    criterion: &mut Criterion,
    (name, reference_name): (&'static str, &str),
    (samples, pairs_wanted): (usize, usize),
    mut ours: impl FnMut() -> A,
    mut reference: impl FnMut() -> B,
) -> Line {
    let mut group = criterion.benchmark_group(name);
    group.measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500)).sample_size(samples);
    group.bench_function("ours", |bencher| bencher.iter(&mut ours));
    group.bench_function(BenchmarkId::from_parameter(reference_name), |bencher| bencher.iter(&mut reference));
    group.finish();

    let ours_times = calibrate(&mut ours);
    let reference_times = calibrate(&mut reference);
    let mut pairs = Vec::with_capacity(pairs_wanted);
    for _ in 0..pairs_wanted {
        pairs.push((turn(&mut ours, ours_times), turn(&mut reference, reference_times)));
    }
    Line::of_pairs(name, &pairs)
}

/// How many runs fill a turn.
fn calibrate<T>(work: &mut impl FnMut() -> T) -> u32 {
    let (mut times, begin) = (0_u32, Instant::now());
    while begin.elapsed() < TURN {
        black_box(work());
        times = times.saturating_add(1);
    }
    times
}

/// Seconds for one run.
fn turn<T>(work: &mut impl FnMut() -> T, times: u32) -> f64 {
    let begin = Instant::now();
    for _ in 0..times {
        black_box(work());
    }
    begin.elapsed().as_secs_f64() / f64::from(times)
}
