//! The course of a number over the reviews of a project, as points of a line.

/// One number for each review, oldest first; a review that has none had nothing to count.
pub struct Course(Vec<u32>);

impl Course {
    pub fn new(found: &[(u32, u32)], reviews: &[u32]) -> Self {
        let at = |number: &u32| found.iter().find(|(review, _)| review == number).map_or(0, |(_, count)| *count);
        Self(reviews.iter().map(at).collect())
    }

    pub fn first(&self) -> u32 {
        self.0.first().copied().unwrap_or_default()
    }

    pub fn last(&self) -> u32 {
        self.0.last().copied().unwrap_or_default()
    }

    /// `+2`, `-1`; empty where nothing has changed.
    pub fn change(&self) -> String {
        match i64::from(self.last()) - i64::from(self.first()) {
            0 => String::new(),
            more @ 1.. => format!("+{more}"),
            less => format!("\u{2212}{}", less.unsigned_abs()),
        }
    }

    /// The class that says whether that is good.
    pub fn tone(&self) -> &'static str {
        match self.last().cmp(&self.first()) {
            std::cmp::Ordering::Greater => "delta delta--down",
            std::cmp::Ordering::Less => "delta delta--up",
            std::cmp::Ordering::Equal => "delta",
        }
    }

    /// The points of a line in a box of this size, with a little room above and below.
    pub fn points(&self, width: u32, height: u32) -> String {
        let highest = self.0.iter().max().copied().unwrap_or_default().max(1);
        let steps = u32::try_from(self.0.len().saturating_sub(1)).unwrap_or(1).max(1);
        let room = height.saturating_sub(4);
        let mut points = String::new();
        for (at, count) in (0_u32..).zip(&self.0) {
            points.extend([
                (at * width / steps).to_string(),
                ",".to_owned(),
                (height - 2 - count * room / highest).to_string(),
                " ".to_owned(),
            ]);
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_review_without_findings_counts_as_none() {
        let course = Course::new(&[(1, 2), (3, 4)], &[1, 2, 3]);
        assert_eq!((course.first(), course.last(), course.change().as_str(), course.tone()), (2, 4, "+2", "delta delta--down"));
        assert_eq!(course.points(120, 24), "0,12 60,22 120,2 ");
        assert_eq!(Course::new(&[(1, 2)], &[1, 2]).change(), "\u{2212}2");
        assert_eq!(Course::new(&[], &[1, 2]).points(10, 10), "0,8 10,8 ");
    }
}
