package dev.linkd.client.command;

import dev.linkd.v1.OutputKind;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Names of the kinds of output on the command line. */
final class Kind implements ITypeConverter<OutputKind>, Iterable<String> {

  /** For completion, which would offer the names of the API. */
  @Override
  public Iterator<String> iterator() {
    return List.of("pie", "exe", "static", "static-pie", "shared").iterator();
  }

  @Override
  public OutputKind convert(String text) {
    return switch (text) {
      case "pie" -> OutputKind.OUTPUT_KIND_PIE;
      case "exe" -> OutputKind.OUTPUT_KIND_DYNAMIC_EXECUTABLE;
      case "static" -> OutputKind.OUTPUT_KIND_STATIC_EXECUTABLE;
      case "static-pie" -> OutputKind.OUTPUT_KIND_STATIC_PIE;
      case "shared" -> OutputKind.OUTPUT_KIND_SHARED_LIBRARY;
      default ->
          throw new TypeConversionException(
              "expected pie, exe, static, static-pie or shared, not '" + text + "'");
    };
  }
}
