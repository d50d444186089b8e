//! January: devices leave the school.

use std::io::Write;

use apple_ade::error::BoxError;
use apple_ade::program::lifecycle::{Event, Retention, State};
use chrono::TimeDelta;

use super::paper::Paper;
use super::school::School;

/// How many are sold.
const SOLD: usize = 25;

pub(super) fn release<W: Write>(school: &mut School, paper: &mut Paper<W>) -> Result<(), BoxError> {
    school.days(50)?;
    paper.month(school.now(), "devices leave")?;
    let sold: Vec<_> = school.those(State::Enrolled).into_iter().take(SOLD).collect();
    for serial in &sold {
        school.apple.with_world(|world| world.release(serial.as_str()));
    }
    school.days(1)?;
    let released = school.those(State::Released);
    paper.expect(released == sold, "others have left")?;
    paper.decided(
        "DEV-8",
        format!("{} devices were released in Apple's portal, and are shown as {}", SOLD, State::Released),
    )?;
    match Retention::days(20) {
        Err(error) => paper.decided("X-44", format!("shown for 20 days? {error}"))?,
        Ok(_) => paper.expect(false, "a retention of 20 days")?,
    }
    let by_hand = sold.first().ok_or("some were sold")?;
    school.tell(by_hand.as_str(), Event::DeletedHere)?;
    paper.decided("DEV-9", format!("{by_hand} is deleted by hand, and does not come back"))?;

    let (shortest, longest) = (Retention::SHORTEST, Retention::LONGEST);
    let begin = school.now();
    let mut over = [None, None];
    for day in 1..=46_i64 {
        school.until(begin + TimeDelta::days(day))?;
        let life = sold.last().and_then(|serial| school.store.get(serial)).map(|entry| entry.life);
        let is_over = |retention| life.is_none_or(|life| life.is_over(retention, school.now()));
        for (place, retention) in over.iter_mut().zip([shortest, longest]) {
            if place.is_none() && is_over(retention) {
                *place = Some(day);
            }
        }
    }
    let [Some(first), Some(last)] = over else { return Err("they never vanish".into()) };
    paper.expect((29..=31).contains(&first) && (44..=46).contains(&last), "they vanish at another time")?;
    paper
        .decided("DEV-7", format!("the others vanish after 30 to 45 days as the MDM chooses; here it is day {last}"))?;
    paper.expect(school.forgotten + 1 == SOLD, "not all have vanished")?;
    paper.note(format!("what is left: {}", school.states()))?;
    Ok(())
}
