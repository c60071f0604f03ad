package dev.linkd.driver;

import dev.linkd.diag.LinkException;
import dev.linkd.output.CodeRules;
import dev.linkd.output.ContentRules;
import dev.linkd.output.DynamicRules;
import dev.linkd.output.FileMode;
import dev.linkd.output.FinishRules;
import dev.linkd.output.LayoutRules;
import dev.linkd.output.LinkDriver.Invocation;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.output.RelocatableRules;
import dev.linkd.output.SectionOrder;
import dev.linkd.output.SectionRules;
import dev.linkd.output.SymbolRules;
import dev.linkd.output.UndefinedRules;
import dev.linkd.store.FileAnswers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What the output is to be, from the command line and the kinds of the inputs. */
final class Specs {
  private static final int PERMISSION_BITS = 0777;
  private static final int OBJECT_BITS = 0666;
  private static final long NAMES_BYTES_MAX = 1L << 26;
  private static final int FLAT_WINDOWS_LOG2 = 14;
  private static final String RUN_PATH_VARIABLE = "LD_RUN_PATH";

  private Specs() {}

  private static FileMode mode(OutputKind kind, Invocation invocation) {
    int bits = kind == OutputKind.RELOCATABLE ? OBJECT_BITS : PERMISSION_BITS;
    return FileMode.ofLinker(bits & ~invocation.umask());
  }

  static OutputSpec of(Plan plan, InputList inputs, Invocation invocation, SearchPath search)
      throws UsageException {
    Path path = outputPath(plan, invocation.directory(), inputs.answers());
    OutputKind kind = kind(plan, inputs.usesSharedLibraries());
    OutputSpec usual = OutputSpec.of(path, kind);
    OutputSpec spec =
        new OutputSpec(
            path,
            kind,
            entry(plan, inputs, usual),
            interpreter(plan, usual),
            mode(kind, invocation),
            symbols(plan, usual),
            dynamic(plan, kind, invocation, inputs.answers(), search),
            new ContentRules(
                plan.buildId, plan.deadValues, finish(plan, kind, path, invocation.directory())));
    order(plan.layout, invocation.directory(), inputs.answers());
    return spec.withCode(code(plan))
        .withLayout(layout(plan))
        .withSections(
            new SectionRules(
                plan.collect,
                plan.keepExported,
                plan.collectStartStop,
                plan.folding(),
                plan.discarded,
                plan.zerosOmitted))
        .withNames(plan.names.rules(entryOptional(plan, kind)))
        .withRelocatable(
            new RelocatableRules(
                plan.placeCommons, plan.dissolveGroups, plan.joinSections, plan.keepRelocations))
        .withStripping(
            plan.stripping.rules(retained(plan, invocation.directory(), inputs.answers())));
  }

  private static FinishRules finish(Plan plan, OutputKind kind, Path output, Path directory)
      throws UsageException {
    FinishRules rules = plan.finish.rules(output, directory);
    if (kind == OutputKind.RELOCATABLE && (rules.flat() || rules.debugFile().isPresent())) {
      throw new UsageException(
          "-r and "
              + (rules.flat() ? "--oformat=binary" : "--separate-debug-file")
              + " may not be used together");
    }
    return rules;
  }

  /** In a copy of the memory room between sections costs bytes. */
  private static LayoutRules layout(Plan plan) throws UsageException {
    LayoutRules rules = plan.layout.rules();
    return plan.finish.flat ? rules.withSmallWindows(FLAT_WINDOWS_LOG2) : rules;
  }

  /** One name on each line of the file; without a file all names stay. */
  private static Optional<Set<String>> retained(Plan plan, Path directory, FileAnswers files)
      throws UsageException {
    String file = plan.stripping.retainedFile;
    return file.isEmpty()
        ? Optional.empty()
        : Optional.of(Set.copyOf(lines(directory, file, files)));
  }

  /** What comes first in its section, one name on each line of the file. */
  private static void order(LayoutPlan plan, Path directory, FileAnswers files)
      throws UsageException {
    if (!plan.orderFile.isEmpty()) {
      List<String> names =
          lines(directory, plan.orderFile, files).stream()
              .filter(name -> !name.startsWith("#"))
              .toList();
      plan.order = new SectionOrder(plan.orderFileKind, 0, names);
    }
  }

  /** The lines of a file that are not empty, each once. */
  private static Set<String> lines(Path directory, String file, FileAnswers files)
      throws UsageException {
    try {
      return files
          .text(Paths.at(directory, file), NAMES_BYTES_MAX)
          .orElseThrow(() -> new UsageException(file + " has more than 64 MiB"))
          .lines()
          .map(String::strip)
          .filter(name -> !name.isEmpty())
          .collect(Collectors.toCollection(LinkedHashSet::new));
    } catch (LinkException e) {
      throw new UsageException("cannot open " + file + ": " + e.diagnostic().message());
    }
  }

  private static CodeRules code(Plan plan) {
    return new CodeRules(
        plan.relax,
        plan.branchTrackingPlt,
        plan.features,
        plan.processor,
        plan.warnForced,
        plan.featureReport,
        plan.unwindIndex);
  }

  private static SymbolRules symbols(Plan plan, OutputSpec usual) {
    return new SymbolRules(plan.required.stream().distinct().toList(), allowUndefined(plan, usual));
  }

  private static DynamicRules dynamic(
      Plan plan, OutputKind kind, Invocation invocation, FileAnswers files, SearchPath search)
      throws UsageException {
    return new DynamicRules(
        kind == OutputKind.SHARED_LIBRARY ? plan.soname : "",
        runPaths(plan, kind, invocation.environment().getOrDefault(RUN_PATH_VARIABLE, "")),
        plan.bindNow,
        plan.exportDynamic,
        plan.exports.copies,
        new Exports(files, search).of(plan.exports, plan.fatalWarnings),
        undefined(plan, kind),
        plan.tags.of(kind == OutputKind.SHARED_LIBRARY));
  }

  private static UndefinedRules undefined(Plan plan, OutputKind kind) {
    ExportPlan exports = plan.exports;
    Boolean ofLibraries = exports.undefinedOfLibraries;
    return new UndefinedRules(
        exports.warnUndefined,
        exports.undefinedNames,
        ofLibraries == null ? kind.executable() : ofLibraries,
        exports.weak,
        faults(plan));
  }

  private static UndefinedRules.Faults faults(Plan plan) {
    if (plan.exports.faultsTolerated) {
      return UndefinedRules.Faults.NONE;
    }
    return plan.fatalWarnings && plan.warnings
        ? UndefinedRules.Faults.WARNINGS
        : UndefinedRules.Faults.ERRORS;
  }

  /** Without shared libraries nothing is left to a dynamic linker, unless a PIE is asked for. */
  private static OutputKind kind(Plan plan, boolean usesSharedLibraries) throws UsageException {
    if (plan.relocatable) {
      if (plan.shared || plan.pie) {
        throw new UsageException(
            "-r and " + (plan.shared ? "-shared" : "-pie") + " may not be used together");
      }
      return OutputKind.RELOCATABLE;
    }
    if (plan.shared) {
      if (plan.pie) {
        throw new UsageException("-shared and -pie may not be used together");
      }
      return OutputKind.SHARED_LIBRARY;
    }
    if (plan.pie) {
      boolean alone = plan.fixedStatic || plan.noInterpreter;
      return alone && !usesSharedLibraries ? OutputKind.STATIC_PIE : OutputKind.PIE;
    }
    boolean dynamic = usesSharedLibraries || plan.exportDynamic;
    return dynamic && !plan.fixedStatic
        ? OutputKind.DYNAMIC_EXECUTABLE
        : OutputKind.STATIC_EXECUTABLE;
  }

  private static String entry(Plan plan, InputList inputs, OutputSpec usual) {
    if (!plan.entry.isEmpty()) {
      return plan.entry;
    }
    return inputs.entry().isEmpty() ? usual.entry() : inputs.entry();
  }

  /** As in GNU ld: libraries need no entry, unless somebody asks for one. */
  private static boolean entryOptional(Plan plan, OutputKind kind) {
    return kind == OutputKind.SHARED_LIBRARY && plan.entry.isEmpty();
  }

  private static String interpreter(Plan plan, OutputSpec usual) {
    if (plan.noInterpreter || usual.interpreter().isEmpty()) {
      return "";
    }
    return plan.interpreter.isEmpty() ? usual.interpreter() : plan.interpreter;
  }

  private static List<String> runPaths(Plan plan, OutputKind kind, String environment) {
    if (!kind.dynamic()) {
      return List.of();
    }
    if (plan.runPaths.isEmpty() && !environment.isEmpty()) {
      return List.of(environment);
    }
    return plan.runPaths;
  }

  private static boolean allowUndefined(Plan plan, OutputSpec usual) {
    return switch (plan.undefinedSymbols) {
      case AS_USUAL -> usual.symbols().allowUndefined();
      case REPORT -> false;
      case ALLOW -> true;
    };
  }

  /** Two spellings of one file must reach one output: the parent's symbolic links are followed. */
  private static Path outputPath(Plan plan, Path directory, FileAnswers files)
      throws UsageException {
    if (plan.passed.isPresent()) {
      return plan.passed.get();
    }
    Path path = Paths.at(directory, plan.output);
    Path parent = path.getParent();
    Path name = path.getFileName();
    // Not remembered: the link itself makes a file of it, and will not replace a directory later.
    if (parent == null || name == null || Files.isDirectory(path)) {
      throw new UsageException("cannot open output file " + plan.output + ": Is a directory");
    }
    files.identify(parent);
    try {
      return parent.toRealPath().resolve(name);
    } catch (IOException e) {
      throw new UsageException(
          "cannot open output file " + plan.output + ": No such file or directory");
    }
  }
}
