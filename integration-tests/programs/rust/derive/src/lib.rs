//! A derive macro without helpers from outside: the number of fields of a struct.
use proc_macro::{Delimiter, TokenStream, TokenTree};

#[proc_macro_derive(Fields)]
pub fn fields(input: TokenStream) -> TokenStream {
    let mut name = None;
    let mut count = 0;
    let mut after_struct = false;
    for token in input {
        match token {
            TokenTree::Ident(word) if after_struct && name.is_none() => name = Some(word.to_string()),
            TokenTree::Ident(word) => after_struct |= word.to_string() == "struct",
            TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => {
                count = body
                    .stream()
                    .into_iter()
                    .filter(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == ':'))
                    .count();
            }
            _ => {}
        }
    }
    let name = name.expect("a struct");
    format!("impl {name} {{ pub const FIELDS: usize = {count}; }}").parse().unwrap()
}
