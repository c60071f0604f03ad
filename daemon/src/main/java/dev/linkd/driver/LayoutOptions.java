package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.implemented;
import static dev.linkd.driver.Option.noOp;

import dev.linkd.output.OrphanHandling;
import java.util.List;
import java.util.stream.Stream;

/** Options that say where the parts of the image are and what its headers tell the loader. */
final class LayoutOptions {
  private static final String ROOM = "Costs address space only.";

  private LayoutOptions() {}

  static List<Option> rows() {
    return Stream.of(addresses(), headers(), PlacementOptions.rows(), accepted())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Option> addresses() {
    return List.of(
        implemented(
            REQUIRED,
            "A linker script in place of the usual layout; one with INSERT adds to it. Several are"
                + " one. In a relocatable output it says which sections are joined and left out, and"
                + " gives them addresses.",
            "ScriptLinkTest#theUsualScriptOfGnuLdMakesProgramsThatRun",
            (plan, path) -> plan.words.add(plan.flags.withData(false).file(path)),
            "T",
            "script",
            "default-script",
            "dT"),
        implemented(
            REQUIRED,
            "`place`, `warn`, `error` or `discard` for loaded sections that a linker script does"
                + " not name.",
            "OrphanLinkTest#sectionsThatTheScriptDoesNotNameAreHandledAsAskedFor",
            LayoutOptions::orphans,
            "orphan-handling"),
        implemented(
            REQUIRED,
            "Address of the ELF header.",
            "LayoutOptionsTest#theImageBeginsAtItsBase",
            (plan, value) -> plan.layout.imageBase("image-base", value),
            "image-base"),
        implemented(
            REQUIRED,
            "Address of the ELF header, in hexadecimal.",
            "LayoutOptionsTest#theImageBeginsAtItsBase",
            (plan, value) ->
                plan.layout.imageBase(
                    "Ttext-segment", value.startsWith("0x") ? value : "0x" + value),
            "Ttext-segment"),
        implemented(
            REQUIRED,
            "Physical address of the ELF header (p_paddr).",
            "LayoutOptionsTest#physicalAddressesHaveABaseOfTheirOwn",
            (plan, value) ->
                plan.layout.physicalBase = LayoutPlan.number("physical-image-base", value),
            "physical-image-base"),
        section("Ttext", ".text"),
        section("Tdata", ".data"),
        section("Tbss", ".bss"),
        section("Trodata-segment", ".rodata"),
        section("Tldata-segment", ".ldata"),
        implemented(
            REQUIRED,
            "`NAME=ADDRESS`: address of a section, in hexadecimal. The others make room; in a"
                + " relocatable output they stay at 0.",
            "LayoutOptionsTest#sectionsAreWhereTheyAreAskedToBe",
            (plan, value) -> plan.layout.sectionStart(value),
            "section-start"),
        implemented(
            REQUIRED,
            "Sections in the order of a list of names, of groups (`EHDR`, `PHDR`, `RODATA`, `TEXT`,"
                + " `DATA`, `BSS`), addresses (`=ADDRESS`), alignments (`%ALIGNMENT`) and symbols"
                + " (`!NAME`); `noinit:NAME` has no bytes in the file. The image is packed as by a"
                + " linker script, without RELRO.",
            "SectionOrderLinkTest#sectionsAndHeadersAreWhereTheOrderSays",
            (plan, value) -> plan.layout.sectionOrder = value,
            "section-order"),
        implemented(
            REQUIRED,
            "What segments are aligned to, in memory and in the file.",
            "LayoutOptionsTest#segmentsAreAlignedToThePage",
            (plan, value) -> plan.layout.page(value),
            "z max-page-size"));
  }

  private static Option section(String option, String section) {
    return implemented(
        REQUIRED,
        "Address of `" + section + "`, in hexadecimal.",
        "LayoutOptionsTest#sectionsAreWhereTheyAreAskedToBe",
        (plan, value) -> plan.layout.address(option, section, value),
        option);
  }

  private static List<Option> headers() {
    return List.of(
        flag("Code can run on the stack.", (plan, v) -> stack(plan, true), "z execstack"),
        flag(
            "No code can run on the stack; so it is without the option.",
            (plan, none) -> stack(plan, false),
            "z noexecstack"),
        flag(
            "Code can run on the stack if an input requires it.",
            (plan, none) -> plan.layout.executableIfRequired = true,
            "z execstack-if-needed"),
        flag(
            "Warns about inputs that require code on the stack; so it is without the option.",
            (plan, none) -> plan.layout.warnExecutableStack = true,
            "warn-execstack"),
        flag(
            "Does not warn about inputs that require code on the stack.",
            (plan, none) -> plan.layout.warnExecutableStack = false,
            "no-warn-execstack"),
        flag(
            "Nothing is said about the stack.",
            (plan, none) -> plan.layout.stackDescribed = false,
            "z nognustack"),
        implemented(
            REQUIRED,
            "Size of the stack of the main thread, in PT_GNU_STACK.",
            "LayoutOptionsTest#headersDescribeTheStack",
            (plan, value) -> plan.layout.stackBytes = LayoutPlan.number("stack-size", value),
            "z stack-size"),
        flag(
            "Memory that relocation is done with becomes read-only; so it is without the option.",
            (plan, none) -> plan.layout.relro = true,
            "z relro"),
        flag(
            "Memory that relocation is done with stays writable.",
            (plan, none) -> plan.layout.relro = false,
            "z norelro"),
        flag(
            "There is a table of section headers; so it is without the option.",
            (plan, none) -> plan.layout.sectionHeaders = true,
            "z sectionheader"),
        flag(
            "There is no table of section headers.",
            (plan, none) -> plan.layout.sectionHeaders = false,
            "z nosectionheader"),
        flag(
            "Code is writable, and libraries are archives. Segments keep pages of their own.",
            (plan, none) -> {
              plan.layout.writableCode = true;
              plan.flags = plan.flags.withArchivesOnly(true);
            },
            "N",
            "omagic"),
        flag(
            "Code can be executed and not read, where processor and kernel can tell.",
            (plan, none) -> plan.layout.unreadableCode = true,
            "execute-only"),
        flag(
            "Code is not writable; so it is without the option.",
            (plan, none) -> plan.layout.writableCode = false,
            "no-omagic"),
        flag(
            "Libraries are archives. Segments keep pages of their own.",
            (plan, none) -> plan.flags = plan.flags.withArchivesOnly(true),
            "n",
            "nmagic"));
  }

  private static void stack(Plan plan, boolean executable) {
    plan.layout.executableStack = executable;
    plan.layout.stackDescribed = true;
  }

  private static Option flag(String text, Option.Action action, String... names) {
    return implemented(NONE, text, "LayoutOptionsTest#" + proof(names[0]), action, names);
  }

  private static String proof(String name) {
    return switch (name) {
      case "z execstack", "z noexecstack", "z nognustack" -> "headersDescribeTheStack";
      case "z execstack-if-needed", "warn-execstack", "no-warn-execstack" ->
          "inputsThatRequireCodeOnTheStackAreReported";
      case "z relro", "z norelro" -> "relocatedMemoryStaysWritableOnRequest";
      case "execute-only" -> "codeCannotBeReadOnRequest";
      case "z sectionheader", "z nosectionheader" -> "sectionHeadersAreLeftOut";
      default -> "oldFormatsLinkArchivesOnly";
    };
  }

  private static void orphans(Plan plan, String value) throws UsageException {
    plan.layout.orphans =
        switch (value) {
          case "place" -> OrphanHandling.PLACE;
          case "warn" -> OrphanHandling.WARN;
          case "error" -> OrphanHandling.ERROR;
          case "discard" -> OrphanHandling.DISCARD;
          default -> throw new UsageException("invalid argument to --orphan-handling: " + value);
        };
  }

  private static List<Option> accepted() {
    return List.of(
        noOp(NONE, ROOM, "z separate-code", "z noseparate-code", "z separate-loadable-segments"),
        implemented(
            NONE,
            "Constants have pages of their own; so without it too.",
            "LayoutOptionsTest#constantsAndCodeCanShareASegment",
            (plan, none) -> plan.layout.constantsWithCode = false,
            "rosegment"),
        implemented(
            NONE,
            "Constants and code share a segment. The image is packed as by a linker script: what"
                + " grows moves what follows.",
            "LayoutOptionsTest#constantsAndCodeCanShareASegment",
            (plan, none) -> plan.layout.constantsWithCode = true,
            "no-rosegment"),
        noOp(NONE, "Always so.", "no-nmagic"),
        noOp(REQUIRED, "Segments are aligned to the maximal page size.", "z common-page-size"));
  }
}
