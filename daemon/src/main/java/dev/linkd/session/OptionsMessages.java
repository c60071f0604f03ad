package dev.linkd.session;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.output.BuildIdStyle;
import dev.linkd.output.ContentRules;
import dev.linkd.output.DynamicRules;
import dev.linkd.output.FileMode;
import dev.linkd.output.OutputSpec;
import dev.linkd.output.SymbolRules;
import dev.linkd.v1.Format;
import dev.linkd.v1.Machine;
import dev.linkd.v1.OpenRequest;
import dev.linkd.v1.OutputKind;
import dev.linkd.v1.OutputOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Options of an output: checked and translated. */
final class OptionsMessages {
  private static final int PERMISSION_BITS = 0777;
  private static final int RUN_PATHS_MAX = 256;

  private OptionsMessages() {}

  /** The spec that the options ask for; its path is the one real path of the file. */
  static OutputSpec spec(OpenRequest request, Limits limits) throws RequestException {
    OutputOptions options = request.getOptions();
    checkTarget(options);
    Path path = realPath(options.getPath(), limits);
    OutputSpec usual = OutputSpec.of(path, kind(options.getKind()));
    if (options.getRunPathsCount() > RUN_PATHS_MAX) {
      throw RequestException.field("options.run_paths", "more than " + RUN_PATHS_MAX + " entries");
    }
    for (String runPath : options.getRunPathsList()) {
      text("options.run_paths", runPath, limits);
    }
    return new OutputSpec(
        path,
        usual.kind(),
        options.hasEntry() ? text("options.entry", options.getEntry(), limits) : usual.entry(),
        options.hasInterpreter()
            ? text("options.interpreter", options.getInterpreter(), limits)
            : usual.interpreter(),
        request.hasUmask() ? mode(request.getUmask()) : usual.mode(),
        options.hasAllowUndefined()
            ? new SymbolRules(List.of(), options.getAllowUndefined())
            : usual.symbols(),
        new DynamicRules(
            text("options.soname", options.getSoname(), limits),
            options.getRunPathsList(),
            options.getBindNow(),
            options.getExportDynamic()),
        new ContentRules(options.getBuildId() ? BuildIdStyle.USUAL : BuildIdStyle.NONE));
  }

  private static FileMode mode(int umask) throws RequestException {
    if (umask < 0 || umask > PERMISSION_BITS) {
      throw RequestException.field("umask", "0 to 0777");
    }
    return new FileMode(PERMISSION_BITS & ~umask, false);
  }

  private static void checkTarget(OutputOptions options) throws RequestException {
    switch (options.getFormat()) {
      case FORMAT_UNSPECIFIED, FORMAT_ELF -> {}
      case UNRECOGNIZED ->
          throw RequestException.field(
              "options.format", "unknown value " + options.getFormatValue());
    }
    switch (options.getMachine()) {
      case MACHINE_UNSPECIFIED, MACHINE_X86_64 -> {}
      case UNRECOGNIZED ->
          throw RequestException.field(
              "options.machine", "unknown value " + options.getMachineValue());
    }
  }

  private static dev.linkd.output.OutputKind kind(OutputKind kind) throws RequestException {
    return switch (kind) {
      case OUTPUT_KIND_STATIC_EXECUTABLE -> dev.linkd.output.OutputKind.STATIC_EXECUTABLE;
      case OUTPUT_KIND_DYNAMIC_EXECUTABLE -> dev.linkd.output.OutputKind.DYNAMIC_EXECUTABLE;
      case OUTPUT_KIND_PIE -> dev.linkd.output.OutputKind.PIE;
      case OUTPUT_KIND_STATIC_PIE -> dev.linkd.output.OutputKind.STATIC_PIE;
      case OUTPUT_KIND_SHARED_LIBRARY -> dev.linkd.output.OutputKind.SHARED_LIBRARY;
      case OUTPUT_KIND_RELOCATABLE ->
          throw RequestException.field(
              "options.kind", "a relocatable output is made by ld.linkd -r only");
      case OUTPUT_KIND_UNSPECIFIED, UNRECOGNIZED ->
          throw RequestException.field("options.kind", "name one of the kinds of output");
    };
  }

  /** Two spellings of one file must reach one output: the parent's symbolic links are followed. */
  private static Path realPath(String text, Limits limits) throws RequestException {
    Path path = absolutePath("options.path", text, limits).normalize();
    Path parent = path.getParent();
    Path name = path.getFileName();
    if (parent == null || name == null) {
      throw RequestException.field("options.path", "this is a directory: " + text);
    }
    if (Files.isDirectory(path)) {
      throw refused(path, "the output is a directory");
    }
    try {
      return parent.toRealPath().resolve(name);
    } catch (IOException fault) {
      throw refused(path, "no usable directory for the output: " + fault.getMessage());
    }
  }

  private static RequestException refused(Path path, String why) {
    return RequestException.refused(
        Diagnostic.error(Code.PUBLISH_FAILED, Place.input(path.toString()), why));
  }

  static Path absolutePath(String field, String text, Limits limits) throws RequestException {
    text(field, text, limits);
    try {
      Path path = Path.of(text);
      if (!path.isAbsolute()) {
        throw RequestException.field(field, "must be an absolute path, not '" + text + "'");
      }
      return path;
    } catch (InvalidPathException fault) {
      throw RequestException.field(field, String.valueOf(fault.getMessage()));
    }
  }

  private static String text(String field, String text, Limits limits) throws RequestException {
    if (text.getBytes(StandardCharsets.UTF_8).length > limits.pathBytes()) {
      throw RequestException.field(field, "longer than " + limits.pathBytes() + " bytes");
    }
    if (text.indexOf('\0') >= 0) {
      throw RequestException.field(field, "contains NUL");
    }
    return text;
  }

  static OutputOptions of(OutputSpec spec) {
    return OutputOptions.newBuilder()
        .setPath(spec.path().toString())
        .setFormat(Format.FORMAT_ELF)
        .setMachine(Machine.MACHINE_X86_64)
        .setKind(
            switch (spec.kind()) {
              case STATIC_EXECUTABLE -> OutputKind.OUTPUT_KIND_STATIC_EXECUTABLE;
              case DYNAMIC_EXECUTABLE -> OutputKind.OUTPUT_KIND_DYNAMIC_EXECUTABLE;
              case PIE -> OutputKind.OUTPUT_KIND_PIE;
              case STATIC_PIE -> OutputKind.OUTPUT_KIND_STATIC_PIE;
              case SHARED_LIBRARY -> OutputKind.OUTPUT_KIND_SHARED_LIBRARY;
              case RELOCATABLE -> OutputKind.OUTPUT_KIND_RELOCATABLE;
            })
        .setEntry(spec.entry())
        .setInterpreter(spec.interpreter())
        .setSoname(spec.dynamic().soname())
        .addAllRunPaths(spec.dynamic().runPaths())
        .setBindNow(spec.dynamic().bindNow())
        .setExportDynamic(spec.dynamic().exportDynamic())
        .setAllowUndefined(spec.symbols().allowUndefined())
        .build();
  }

  /**
   * Names of the options in which two specs differ. What only an ld command line can ask for has no
   * field in the API and is named as a whole. The permissions of a new file are no difference: it
   * is there already, or will have those that the first client asked for.
   */
  static List<String> differences(OutputSpec a, OutputSpec b) {
    List<String> names = new ArrayList<>();
    OutputOptions left = of(a);
    OutputOptions right = of(b);
    OutputOptions.getDescriptor().getFields().stream()
        .filter(field -> !left.getField(field).equals(right.getField(field)))
        .forEach(field -> names.add(field.getName()));
    boolean anyMode = !a.mode().chosen() && !b.mode().chosen();
    if (names.isEmpty() && !a.equals(anyMode ? b.withMode(a.mode()) : b)) {
      names.add("options of ld");
    }
    return names;
  }
}
