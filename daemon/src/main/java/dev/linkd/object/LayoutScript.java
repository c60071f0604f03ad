package dev.linkd.object;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import java.util.List;
import java.util.stream.Stream;

/**
 * What linker scripts say about the image besides its inputs.
 *
 * @param name path of the script
 * @param text the script
 * @param commands in order; those of {@code SECTIONS} among them
 * @param places whether there is a {@code SECTIONS} command, so that the script lays the image out
 */
public record LayoutScript(String name, String text, List<LayoutCommand> commands, boolean places) {

  public LayoutScript {
    commands = List.copyOf(commands);
  }

  /** Reads a script again whose text was accepted before. */
  public static LayoutScript parse(String name, String text) throws LinkException {
    return LinkerScriptParser.of(name, text).parse().layout();
  }

  /** All commands of one kind, outside of sections. */
  public <T extends LayoutCommand> Stream<T> all(Class<T> kind) {
    return commands.stream().filter(kind::isInstance).map(kind::cast);
  }

  /** {@code name:line:column} of an offset in the script. */
  public String where(int at) {
    return ScriptPlaces.where(name, text, at);
  }

  /** A fault at an offset in the script. */
  public LinkException fault(int at, String message) {
    return new LinkException(Code.MALFORMED_INPUT, Place.input(where(at)), message);
  }
}
