package dev.linkd.driver;

import dev.linkd.diag.Diagnostic;
import dev.linkd.output.BuildIdStyle;
import dev.linkd.output.CodeRules.FeatureReport;
import dev.linkd.output.ContentRules.DeadValue;
import dev.linkd.output.FoldingRules;
import dev.linkd.output.ScriptText;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a command line asks for, before any file is looked at. Filled by the actions of the option
 * table in the order of the words; the last of contradicting options counts.
 */
final class Plan {
  static final int ERROR_LIMIT_DEFAULT = 20;

  private static final int STATES_MAX = 1000;

  /** The words of the command line, response files expanded. */
  List<String> arguments = List.of();

  String output = "a.out";

  /** The file that is written in place of {@link #output} when that is standard output. */
  Optional<Path> passed = Optional.empty();

  String sysroot = "";
  boolean shared;
  boolean pie;
  boolean fixedStatic;
  boolean relocatable;

  /** In a relocatable output: common symbols get room, groups become ordinary sections. */
  boolean placeCommons;

  boolean dissolveGroups;

  /** Sections of a relocatable output are those that an image has. */
  boolean joinSections;

  /** A linked image contains the relocations of its inputs. */
  boolean keepRelocations;

  boolean exportDynamic;
  boolean bindNow;
  BuildIdStyle buildId = BuildIdStyle.NONE;

  /** What references to what is not linked are in sections that are not loaded. */
  final List<DeadValue> deadValues = new ArrayList<>();

  boolean defaultDirectories = true;
  boolean collect;
  boolean keepExported;
  boolean collectStartStop;
  boolean printCollected;
  FoldingRules.Functions folded = FoldingRules.Functions.NONE;
  boolean foldData;
  boolean printFolded;
  boolean trace;
  boolean fatalWarnings;
  boolean warnings = true;
  boolean relax = true;
  boolean unwindIndex = true;
  boolean branchTrackingPlt;

  /** Bits of GNU_PROPERTY_X86_FEATURE_1_AND that the output gets in any case. */
  int features;

  /** Bits of GNU_PROPERTY_X86_ISA_1_NEEDED that the output gets in any case. */
  int processor;

  boolean warnForced;
  FeatureReport featureReport = FeatureReport.NONE;
  int errorLimit = ERROR_LIMIT_DEFAULT;

  boolean explain;

  /** Whether names in messages are shown as they stand in the source. */
  boolean demangle = true;

  Colour colour = Colour.AUTO;

  /** Empty unless {@code -e} names one. */
  String entry = "";

  /** Empty unless {@code -dynamic-linker} names one. */
  String interpreter = "";

  boolean noInterpreter;
  String soname = "";

  /** What happens to undefined symbols. */
  Undefined undefinedSymbols = Undefined.AS_USUAL;

  /** About symbols that cross the border of the output. */
  final ExportPlan exports = new ExportPlan();

  /** About the dynamic section. */
  final TagPlan tags = new TagPlan();

  final LayoutPlan layout = new LayoutPlan();
  final FinishPlan finish = new FinishPlan();
  final List<String> runPaths = new ArrayList<>();

  /** Where libraries that libraries need are searched first. */
  final List<String> neededDirectories = new ArrayList<>();

  /** Libraries that libraries need define symbols for the output. */
  boolean copyNeeded;

  final List<String> directories = new ArrayList<>();

  /** Where is searched behind these. */
  final List<String> lastDirectories = new ArrayList<>();

  final List<String> required = new ArrayList<>();

  /** Names of input sections that are left out. */
  final Set<String> discarded = new TreeSet<>();

  /** Variables that are written out as zeros need no room in the file. */
  boolean zerosOmitted;

  /** Names that keep an address of their own. */
  final List<String> unique = new ArrayList<>();

  final SideChoices side = new SideChoices();
  final NameChoices names = new NameChoices();
  final StrippingChoices stripping = new StrippingChoices();
  final List<Word> words = new ArrayList<>();

  /** Complaints that do not prevent the link. */
  final List<String> complaints = new ArrayList<>();

  /** Warnings about files that were passed over, for when the same words are linked again. */
  final List<Diagnostic> skipped = new ArrayList<>();

  /** What {@code --version} and the like print before anything is linked. */
  final StringBuilder announcement = new StringBuilder();

  /** The announcement is all that was wanted. */
  boolean announceOnly;

  /** The announcement suffices when there are no inputs. */
  boolean announced;

  InputFlags flags = InputFlags.DEFAULT;
  private final Deque<State> saved = new ArrayDeque<>();

  FoldingRules folding() {
    return new FoldingRules(folded, foldData, unique.stream().distinct().sorted().toList());
  }

  /**
   * The layout of programs that stand alone at addresses of their own, such as boot loaders and
   * kernels: as in GNU ld, what has no address follows what has one. Also that of images in which
   * constants and code share a segment, and of those with an order of sections.
   */
  Optional<ScriptText> packed(boolean usesSharedLibraries) throws UsageException {
    if (!layout.sectionOrder.isEmpty() && !relocatable) {
      return Optional.of(OrderScript.of(layout.sectionOrder, layout.base(shared || pie)));
    }
    if (layout.constantsWithCode && !relocatable) {
      return Optional.of(usual(UsualScript.joined(layout.base(shared || pie))));
    }
    boolean alone = !(shared || pie || relocatable || exportDynamic || usesSharedLibraries);
    return alone && layout.standsAlone()
        ? Optional.of(usual(UsualScript.text(layout.base(false))))
        : Optional.empty();
  }

  private static ScriptText usual(String text) {
    return new ScriptText("the usual script", text);
  }

  /** When messages are coloured. */
  enum Colour {
    /** On a terminal. */
    AUTO,
    ALWAYS,
    NEVER
  }

  /** Choices for symbols that nothing defines. */
  enum Undefined {
    /** An executable may have none, a shared library may. */
    AS_USUAL,
    REPORT,
    ALLOW
  }

  /** What {@code --push-state} saves; {@code -static} concerns the output, too. */
  private record State(InputFlags flags, boolean fixedStatic) {}

  void pushState() throws UsageException {
    if (saved.size() == STATES_MAX) {
      throw new UsageException("--push-state is nested more than " + STATES_MAX + " times");
    }
    saved.push(new State(flags, fixedStatic));
  }

  void popState() throws UsageException {
    State last = saved.poll();
    if (last == null) {
      throw new UsageException("--pop-state without --push-state");
    }
    flags = last.flags;
    fixedStatic = last.fixedStatic;
  }

  /** Files beside the inputs that were read for the link. */
  List<String> filesRead() {
    List<String> files = new ArrayList<>(exports.versionScripts);
    files.addAll(exports.dynamicLists);
    files.addAll(exports.exportLists);
    files.add(stripping.retainedFile);
    files.add(layout.orderFile);
    files.removeIf(String::isEmpty);
    return files;
  }

  void addRunPath(String path) {
    if (!path.isEmpty() && !runPaths.contains(path)) {
      runPaths.add(path);
    }
  }
}
