//! The model provider as the settings show it: what is configured, how it is doing, and what to do about it.

use leptos::prelude::*;

use crate::{api::agents::ProviderCard, ui::components::icon::icon};

/// The section of the settings about the model provider.
#[component]
pub fn Provider(card: ProviderCard) -> impl IntoView {
    let ProviderCard { configured, provider, host, model, key_from, standing, help } = card;
    let known = [("Provider", provider), ("Host", host), ("Model", model), ("Key from", key_from)];
    let rows: Vec<AnyView> = known
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(word, value)| (word.to_owned(), value))
        .chain(standing)
        .map(|(word, value)| view! { <div class="prop"><dt>{word}</dt><dd>{value}</dd></div> }.into_any())
        .collect();
    let help: Vec<AnyView> = help.into_iter().map(|line| view! { <li>{line}</li> }.into_any()).collect();
    view! {
        <section id="provider" aria-labelledby="provider-h" class="settings__sec">
            <div class="settings__intro">
                <h2 id="provider-h">"Model provider"</h2>
                <p>"Where agents send prompts. Nothing leaves this server unless you point it elsewhere."</p>
            </div>
            <div class="card">
                <div class="card__body stack">
                    {if configured {
                        view! { <dl class="props">{rows}</dl> }.into_any()
                    } else {
                        view! { <div class="callout">{icon("sev-info")}<p>"No model provider is configured."</p></div> }.into_any()
                    }}
                    {(!help.is_empty()).then(|| view! { <ul class="provider__help">{help}</ul> })}
                </div>
            </div>
        </section>
    }
}
