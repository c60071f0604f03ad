# shellcheck shell=bash disable=SC2034,SC2154 # read by link.sh
package=
needs=
command -v cargo >/dev/null || needs='rustc cargo'
output=
edited=src/main.rs
before='fn main() {'
inside='fn main() {'
print='    if std::env::var_os("LINKD_EDIT").is_some() { println!("{}", %s); }'

edit_function() {
  echo "fn linkd_edit_$1() -> String { format!(\"linkd edit {}\", $1) }"
}

# rustc takes the compiler of C for its linker driver.
rust() {
  case $CC in
    gcc*) RUSTFLAGS="-C linker=gcc -C link-arg=${CC#* }" ;;
    *) RUSTFLAGS="-C linker=clang -C link-arg=${CC#* }" ;;
  esac
  RUSTFLAGS="$RUSTFLAGS -C opt-level=${FLAGS:2:1}" cargo "$@" --offline
}

build() {
  rust build
  # Cargo hard-links what was linked under a name with a hash; the tests have another hash.
  output=${output:-$(find target/debug/deps -type f -executable -name 'words-*')}
}

check() {
  rust test
  [ "$(printf 'b a b\n' | target/debug/words)" = "$(printf '1 a\n2 b')" ]
}

probe() {
  target/debug/words </dev/null
}
