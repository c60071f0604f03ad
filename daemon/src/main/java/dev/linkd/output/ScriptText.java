package dev.linkd.output;

/**
 * A linker script that says where sections are or defines symbols.
 *
 * @param name path of the script, for messages
 */
public record ScriptText(String name, String text) {}
