package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.OPTIONAL;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.implemented;

import dev.linkd.output.ModuleTags.HashStyle;
import dev.linkd.output.ModuleTags.TextRelocations;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Options about single entries of the dynamic section. */
final class TagOptions {
  private static final int SPARE_MAX = 1000;
  private static final Pattern PERCENT = Pattern.compile("([^%]|%[0-9a-fA-F]{2})*+");

  private TagOptions() {}

  static List<Option> rows() {
    return List.of(
        implemented(
            REQUIRED,
            "`relr` is `-z pack-relative-relocs`; `none` packs nothing. `android` is refused.",
            "PackedRelocationsLinkTest#theyAreNotPackedUnlessAskedFor",
            TagOptions::pack,
            "pack-dyn-relocs"),
        implemented(
            NONE,
            "Packed relative relocations have the tags of Android before version 12"
                + " (DT_ANDROID_RELR).",
            "PackedRelocationsLinkTest#androidHasTagsOfItsOwn",
            (plan, none) -> plan.tags.androidTags = true,
            "use-android-relr-tags"),
        implemented(
            NONE,
            "They have those of the gABI (DT_RELR); so without it too.",
            "PackedRelocationsLinkTest#androidHasTagsOfItsOwn",
            (plan, none) -> plan.tags.androidTags = false,
            "no-use-android-relr-tags"),
        implemented(
            REQUIRED,
            "`gnu`, `sysv`, `both` or `none`: the tables that find symbols by name; both without it.",
            "DynamicTagsLinkTest#everyKindOfHashTableFindsSymbols",
            TagOptions::hashStyle,
            "hash-style"),
        implemented(
            NONE,
            "Records the search path as DT_RPATH.",
            "DynamicTagsLinkTest#theSearchPathCanBeTheOldOne",
            (plan, none) -> plan.tags.oldRunPath = true,
            "disable-new-dtags"),
        implemented(
            NONE,
            "Records the search path as DT_RUNPATH; so without it too.",
            "DynamicTagsLinkTest#theSearchPathCanBeTheOldOne",
            (plan, none) -> plan.tags.oldRunPath = false,
            "enable-new-dtags"),
        implemented(
            REQUIRED,
            "The symbols are taken from that library, if it is found (DT_AUXILIARY).",
            "DynamicTagsLinkTest#aFilterStandsForAnotherLibrary",
            (plan, name) -> plan.tags.auxiliaryFilters.add(name),
            "f",
            "auxiliary"),
        implemented(
            REQUIRED,
            "The symbols are taken from that library (DT_FILTER).",
            "DynamicTagsLinkTest#aFilterStandsForAnotherLibrary",
            (plan, name) -> plan.tags.filters.add(name),
            "F",
            "filter"),
        implemented(
            REQUIRED,
            "Libraries that watch the dynamic linker (DT_AUDIT).",
            "DynamicTagsLinkTest#auditorsAreRecorded",
            (plan, names) -> plan.tags.audit.add(names),
            "audit"),
        implemented(
            REQUIRED,
            "Libraries that watch it for what the output needs (DT_DEPAUDIT).",
            "DynamicTagsLinkTest#auditorsAreRecorded",
            (plan, names) -> plan.tags.neededAudit.add(names),
            "P",
            "depaudit"),
        implemented(
            REQUIRED,
            "Function that runs when the output is loaded (DT_INIT), `_init` without it.",
            "DynamicTagsLinkTest#functionsRunAtTheStartAndAtTheEnd",
            (plan, name) -> plan.tags.init = name,
            "init"),
        implemented(
            REQUIRED,
            "Function that runs when the output is unloaded (DT_FINI), `_fini` without it.",
            "DynamicTagsLinkTest#functionsRunAtTheStartAndAtTheEnd",
            (plan, name) -> plan.tags.fini = name,
            "fini"),
        implemented(
            REQUIRED,
            "Appends so many null entries, for tools that add others.",
            "DynamicTagsLinkTest#thereCanBeRoomForMoreEntries",
            TagOptions::spare,
            "spare-dynamic-tags"),
        implemented(
            NONE,
            "The dynamic section cannot be written; debuggers then look elsewhere for libraries.",
            "DynamicTagsLinkTest#theDynamicSectionCanBeReadOnly",
            (plan, none) -> plan.tags.readOnly = true,
            "z rodynamic"),
        implemented(
            NONE,
            "Refuses addresses in code and constants that the dynamic linker would have to write;"
                + " without it they are warnings.",
            "DynamicTagsLinkTest#codeCanBeRelocatedOnRequest",
            (plan, none) -> plan.tags.text = TextRelocations.REFUSED,
            "z text"),
        implemented(
            NONE,
            "Leaves addresses in code and constants to the dynamic linker (DT_TEXTREL).",
            "DynamicTagsLinkTest#codeCanBeRelocatedOnRequest",
            (plan, none) -> plan.tags.text = TextRelocations.ALLOWED,
            "z notext",
            "z textoff"),
        implemented(
            NONE,
            "Warns when there are such addresses, also with `-z notext`.",
            "DynamicTagsLinkTest#codeCanBeRelocatedOnRequest",
            (plan, none) -> plan.tags.warnText = true,
            "warn-textrel",
            "warn-shared-textrel"),
        implemented(
            NONE,
            "Does not warn of them with `-z notext`; so it is without the option.",
            "DynamicTagsLinkTest#codeCanBeRelocatedOnRequest",
            (plan, none) -> plan.tags.warnText = false,
            "no-warn-shared-textrel"),
        implemented(
            OPTIONAL,
            "Writes a text about the package into `.note.package`; none without a value. `%22` and"
                + " the like stand for the byte of that number.",
            "DynamicTagsLinkTest#thePackageIsNoted",
            (plan, text) -> plan.tags.metadata = decoded(text),
            "package-metadata"));
  }

  /** As in addresses of the web: a percent sign and two hexadecimal digits stand for a byte. */
  private static String decoded(String text) throws UsageException {
    if (!PERCENT.matcher(text).matches()) {
      throw new UsageException("--package-metadata: invalid string: " + text);
    }
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static void hashStyle(Plan plan, String style) throws UsageException {
    plan.tags.hash =
        switch (style) {
          case "gnu" -> HashStyle.GNU;
          case "sysv" -> HashStyle.SYSV;
          case "both" -> HashStyle.BOTH;
          case "none" -> HashStyle.NONE;
          default -> throw new UsageException("invalid hash style '" + style + "'");
        };
  }

  private static void spare(Plan plan, String text) throws UsageException {
    int number;
    try {
      number = Integer.parseUnsignedInt(text);
    } catch (NumberFormatException e) {
      throw new UsageException("--spare-dynamic-tags is no number: " + text);
    }
    if (number < 0 || number > SPARE_MAX) {
      throw new UsageException("--spare-dynamic-tags is more than " + SPARE_MAX);
    }
    plan.tags.spare = number;
  }

  private static void pack(Plan plan, String format) throws UsageException {
    plan.tags.packRelative =
        switch (format) {
          case "relr" -> true;
          case "none" -> false;
          default -> throw new UsageException("unsupported --pack-dyn-relocs value: " + format);
        };
  }
}
