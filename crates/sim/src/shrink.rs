//! A failing plan with every fault left out that the failure does not need.

use crate::{
    plan::{DAY, Fault, Plan},
    planted::Planted,
    run::run,
};

/// Most runs that shrinking may take.
const RUNS_MAX: u32 = 600;

/// The smallest plan found that still breaks the same promise (delta debugging over the faults).
#[must_use]
pub fn shrink(plan: &Plan, planted: Option<Planted>) -> Plan {
    let outcome = run(plan.clone(), planted, false);
    let Some(broken) = outcome.violation else {
        return plan.clone();
    };
    // Days after the failure cost time and change nothing.
    let short = Plan {
        days: (outcome.ended_at / DAY + 1).min(plan.days),
        ..plan.clone()
    };
    let is_enough = run(short.clone(), planted, false)
        .violation
        .is_some_and(|violation| violation.invariant == broken.invariant);
    let plan = if is_enough { &short } else { plan };
    let mut runs = 0;
    let mut fails = |faults: &[Fault]| {
        runs += 1;
        let smaller = Plan {
            faults: faults.to_vec(),
            ..plan.clone()
        };
        runs <= RUNS_MAX
            && run(smaller, planted, false)
                .violation
                .is_some_and(|violation| violation.invariant == broken.invariant)
    };
    let faults = without_chunks(plan.faults.clone(), &mut fails);
    Plan {
        faults,
        ..plan.clone()
    }
}

/// Leaves out halves, then quarters, then single items, as long as it still fails.
fn without_chunks<T: Clone>(mut items: Vec<T>, fails: &mut impl FnMut(&[T]) -> bool) -> Vec<T> {
    let mut size = items.len().div_ceil(2).max(1);
    loop {
        let mut start = 0;
        let mut has_shrunk = false;
        while start < items.len() {
            let mut fewer = items.clone();
            fewer.drain(start..(start + size).min(items.len()));
            if fails(&fewer) {
                items = fewer;
                has_shrunk = true;
            } else {
                start += size;
            }
        }
        if size == 1 && !has_shrunk {
            return items;
        }
        size = if has_shrunk { size } else { size.div_ceil(2) };
        size = size.min(items.len()).max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_failure_does_not_need_is_left_out() {
        let found = without_chunks((0..100).collect(), &mut |items: &[i32]| {
            items.contains(&7) && items.contains(&61)
        });
        assert_eq!(found, [7, 61]);
    }

    #[test]
    fn a_failure_that_needs_nothing_shrinks_to_nothing() {
        let found = without_chunks(vec![1, 2, 3], &mut |_: &[i32]| true);
        assert_eq!(found, Vec::<i32>::new());
    }
}
