//! How many findings of each category the reviews of a project left open, one after the other.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::{
    domain::review::finding::Category,
    ui::state::{trend::Course, words::count},
};

/// A line for each category that ever had one. `reviews` are the numbers of the finished reviews, oldest first.
pub fn trend(counts: &BTreeMap<Category, Vec<(u32, u32)>>, reviews: &[u32]) -> Option<AnyView> {
    let (Some(first), Some(last)) = (reviews.first(), reviews.last()) else { return None };
    if reviews.len() < 2 || counts.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> = counts
        .iter()
        .map(|(category, found)| {
            let course = Course::new(found, reviews);
            let words = format!(
                "{}: {} open in review {first}, {} in review {last}",
                category.name(),
                count(course.first() as usize, "finding"),
                course.last()
            );
            view! {
                <li class="trend">
                    <span class="trend__name">{category.name()}</span>
                    <svg class="trend__line" viewBox="0 0 120 24" preserveAspectRatio="none" role="img" aria-label=words>
                        <polyline points=course.points(120, 24) fill="none" stroke="currentColor" stroke-width="1.5" vector-effect="non-scaling-stroke"></polyline>
                    </svg>
                    <span class="num">{course.last()}</span>
                    <span class=course.tone()>{course.change()}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    Some(
        view! {
            <section class="section" aria-labelledby="trend-title">
                <div class="section__head">
                    <h2 id="trend-title">"Open findings by category"</h2>
                    <span class="muted">{format!("Reviews {first} to {last}")}</span>
                </div>
                <ul class="card card__body trends">{rows}</ul>
            </section>
        }
        .into_any(),
    )
}
