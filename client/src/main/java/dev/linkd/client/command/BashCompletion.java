package dev.linkd.client.command;

import picocli.AutoComplete;
import picocli.CommandLine;

/** Completion in bash, and in zsh by its functions for scripts of bash. */
final class BashCompletion {

  /**
   * Picocli's function takes only options whose value is a word of its own. Of {@code --kind=s}
   * bash makes three words and completes the last, zsh completes the one.
   */
  private static final String VALUES =
      """

      # The words as if "=" were a space; behind "--" come words of ld.
      _linkctl() {
        local i word before= words=() prefix=${PREFIX-}
        for ((i = 0; i <= COMP_CWORD; i++)); do
          word=${COMP_WORDS[i]}
          case $word in
            --)
              if ((i < COMP_CWORD)); then COMPREPLY=(); return; fi
              words+=(--) ;;
            =) if ((i == COMP_CWORD)); then words+=(""); fi ;;
            --*=*)
              words+=("${word%%=*}" "${word#*=}")
              before=${word%%=*}= ;;
            *) words+=("$word"); before= ;;
          esac
        done
        COMP_WORDS=("${words[@]}")
        COMP_CWORD=$((${#words[@]} - 1))
        # Files are looked for in zsh by the word as it has it, of which only the value is one.
        if [ -n "${ZSH_VERSION-}" ]; then PREFIX=${prefix#"$before"}; fi
        _complete_linkctl "$@"
        if [ -n "${ZSH_VERSION-}" ]; then PREFIX=$prefix; fi
        if [ -n "$before" ] && [ "${#COMPREPLY[@]}" -gt 0 ]; then
          COMPREPLY=("${COMPREPLY[@]/#/$before}")
        fi
      }
      complete -o default -F _linkctl linkctl
      """;

  private BashCompletion() {}

  static String of(CommandLine commands) {
    return AutoComplete.bash("linkctl", commands) + VALUES;
  }
}
