//! Counts words of standard input with threads, thread-locals, panics and a derived constant.
use derive::Fields;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::mpsc;
use std::{panic, thread};

#[derive(Fields, Default)]
struct Count {
    words: usize,
    lines: usize,
}

thread_local! {
    static SEEN: Cell<usize> = const { Cell::new(0) };
}

fn count(text: &str) -> BTreeMap<String, usize> {
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        for line in text.lines() {
            let send = send.clone();
            scope.spawn(move || {
                for word in line.split_whitespace() {
                    SEEN.with(|seen| seen.set(seen.get() + 1));
                    send.send(word.to_string()).unwrap();
                }
                assert_eq!(SEEN.with(Cell::get), line.split_whitespace().count());
            });
        }
    });
    drop(send);
    let mut words = BTreeMap::new();
    for word in receive {
        *words.entry(word).or_insert(0) += 1;
    }
    words
}

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    for (word, times) in count(&text) {
        println!("{times} {word}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_across_threads() {
        let words = count("a b\nb c\nc c");
        assert_eq!(words.into_iter().collect::<Vec<_>>(), [("a".into(), 1), ("b".into(), 2), ("c".into(), 3)]);
    }

    #[test]
    fn a_panic_is_unwound_and_caught() {
        let caught = panic::catch_unwind(|| Vec::<u8>::new()[SEEN.with(Cell::get)]);
        assert!(caught.is_err());
    }

    #[test]
    fn the_macro_ran() {
        let total = Count::default();
        assert_eq!((Count::FIELDS, total.words + total.lines), (2, 0));
    }
}
