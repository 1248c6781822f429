//! The save state that the top bar shows, in the exact words of the design.

/// What is known about the changes on this device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SaveState {
    /// Everything is on the server's disk.
    #[default]
    Saved,
    /// Not on disk yet, but too young for a word; the style sheet hides it.
    Pending,
    /// On the way for longer than people notice.
    Saving,
    /// No connection; so many changes are kept here.
    Offline(u32),
    Reconnecting,
    /// The server refused; a button tries again.
    Failed,
}

impl SaveState {
    /// Reads what the editor reports; unknown words count as saving, so that nothing is called safe that may not be.
    pub fn report(word: &str, pending: u32) -> Self {
        match word {
            "saved" if pending == 0 => Self::Saved,
            "pending" => Self::Pending,
            "offline" => Self::Offline(pending),
            "reconnecting" => Self::Reconnecting,
            "failed" => Self::Failed,
            _ => Self::Saving,
        }
    }

    /// As the page says it.
    pub fn words(self) -> String {
        match self {
            Self::Saved => "Saved".to_owned(),
            Self::Pending | Self::Saving => "Saving".to_owned(),
            Self::Offline(0) => "Offline".to_owned(),
            Self::Offline(1) => "Offline. 1 change kept on this device".to_owned(),
            Self::Offline(count) => format!("Offline. {count} changes kept on this device"),
            Self::Reconnecting => "Reconnecting".to_owned(),
            Self::Failed => "Could not save.".to_owned(),
        }
    }

    /// For the style sheet.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Pending => "pending",
            Self::Saving => "saving",
            Self::Offline(_) | Self::Reconnecting => "offline",
            Self::Failed => "failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_design() {
        assert_eq!(SaveState::report("saved", 0).words(), "Saved");
        assert_eq!(SaveState::report("saving", 2).words(), "Saving");
        assert_eq!(SaveState::report("offline", 3).words(), "Offline. 3 changes kept on this device");
        assert_eq!(SaveState::report("offline", 1).words(), "Offline. 1 change kept on this device");
        assert_eq!(SaveState::report("reconnecting", 0).words(), "Reconnecting");
        assert_eq!(SaveState::report("failed", 1).words(), "Could not save.");
    }

    #[test]
    fn nothing_pending_is_called_saved() {
        assert_eq!(SaveState::report("saved", 1), SaveState::Saving);
        assert_eq!(SaveState::report("?", 0), SaveState::Saving);
        assert_eq!(SaveState::report("pending", 1).slug(), "pending");
    }
}
