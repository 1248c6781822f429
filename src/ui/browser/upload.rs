//! Sending a form with files without leaving the page.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// Posts a form as the browser would and gives whether it was accepted, and the answer's body.
pub async fn post(form: &web_sys::HtmlFormElement) -> Result<(bool, String), String> {
    let unreachable = |_| "The server could not be reached. Check the connection and try again.".to_owned();
    let data = web_sys::FormData::new_with_form(form).map_err(unreachable)?;
    let request = web_sys::RequestInit::new();
    request.set_method("POST");
    request.set_body(&data);
    let window = web_sys::window().ok_or_else(String::new)?;
    let answer = JsFuture::from(window.fetch_with_str_and_init(&form.action(), &request)).await.map_err(unreachable)?;
    let answer: web_sys::Response = answer.dyn_into().map_err(unreachable)?;
    let body = JsFuture::from(answer.text().map_err(unreachable)?).await.map_err(unreachable)?;
    Ok((answer.ok(), body.as_string().unwrap_or_default()))
}
