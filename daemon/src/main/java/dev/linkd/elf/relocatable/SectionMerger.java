package dev.linkd.elf.relocatable;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.BuildIdNote;
import dev.linkd.elf.JoinedSections;
import dev.linkd.elf.JoinedSections.Home;
import dev.linkd.object.ElfObject;
import dev.linkd.output.RelocatableRules;
import dev.linkd.output.Stripping;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which sections there are: input sections with one name become one, members of a group
 * stay by themselves, and of COMDAT groups with one signature the first counts.
 */
final class SectionMerger {

  /** What an input section has in common with those that it is joined with. */
  private record Key(
      String name, @Nullable MergedGroup group, boolean loaded, int type, int single) {}

  /** Sections that others with longer names join; longer ones first. */
  private static final String[] COMMON = {".text", ".rodata", ".data.rel.ro", ".data", ".bss"};

  /** Type of the sections of a script, which take inputs of all types. */
  private static final int ANY_TYPE = -1;

  private final Stripping stripping;
  private final RelocatableRules rules;

  /** The output has an identity of its own, in place of those of its parts. */
  private final boolean identified;

  /** Null without a script. */
  private final @Nullable JoinedSections script;

  private final Map<Key, MergedSection> sections = new LinkedHashMap<>();
  private final Set<String> signatures = new HashSet<>();
  final List<MergedGroup> groups = new ArrayList<>();
  private int singles;

  SectionMerger(
      Stripping stripping,
      RelocatableRules rules,
      @Nullable JoinedSections script,
      boolean identified) {
    this.identified = identified;
    this.stripping = stripping;
    this.rules = rules;
    this.script = script;
  }

  /** Takes over the sections of an object. */
  void add(InputObject input) throws LinkException {
    ElfObject object = input.object;
    @Nullable MergedGroup[] kept = new MergedGroup[object.groups()];
    for (int g = 0; g < object.groups(); g++) {
      if (object.groupComdat(g) && !signatures.add(object.groupSignature(g))) {
        for (int i = 0; i < object.groupMembers(g); i++) {
          input.discard(object.groupMember(g, i));
        }
      } else if (!rules.dissolveGroups()) {
        MergedGroup group = new MergedGroup(input, g);
        kept[g] = group;
        input.keepGroup(object.groupSection(g), group);
      }
    }
    for (int s = 1; s < object.sections(); s++) {
      if (!input.discarded(s) && wanted(object, s)) {
        int g = object.groupOf(s);
        join(input, s, g < 0 ? null : kept[g]);
      }
    }
    for (MergedGroup group : kept) {
      if (group != null && !group.members.isEmpty()) {
        groups.add(group);
      }
    }
  }

  /** After all objects: splits unwind information, and gives the parts of sections places. */
  List<MergedSection> finish() throws LinkException {
    if (script != null) {
      script.own().forEach(this::require);
    }
    List<MergedSection> all = new ArrayList<>(sections.values());
    if (script != null) {
      all.forEach(MergedSection::sort);
      all.sort(Comparator.comparingInt(section -> section.rank));
    }
    for (MergedSection section : all) {
      for (MergedSection.Part part : section.parts) {
        boolean content = part.input.object.sectionSize(part.section) > 0;
        if (section.name.equals(".eh_frame") && content) {
          part.input.keep(part.section, KeptFrames.of(part.input, part.section));
        }
      }
      section.place();
    }
    return all;
  }

  /** Makes a section of the script that no input is in. */
  private void require(Home home) {
    Key key = key(home, 0);
    if (!sections.containsKey(key)) {
      MergedSection section = new MergedSection(home.name(), null);
      section.type = SHT_NOBITS;
      section.flags = SHF_ALLOC;
      section.follow(home);
      sections.put(key, section);
    }
  }

  private static Key key(Home home, int single) {
    return new Key(home.key(), null, true, ANY_TYPE, single);
  }

  private void join(InputObject input, int s, @Nullable MergedGroup group) {
    ElfObject object = input.object;
    int type = object.sectionType(s);
    long flags = object.sectionFlags(s);
    boolean single = (flags & SHF_LINK_ORDER) != 0;
    Home home =
        script == null || group != null
            ? null
            : script.find(object.name(), object.sectionName(s), flags);
    if (home != null && home.discards()) {
      input.discard(s);
      return;
    }
    boolean joined =
        rules.joinSections() && group == null && !single && (flags & (SHF_MERGE | SHF_TLS)) == 0;
    String own = joined ? common(object.sectionName(s)) : object.sectionName(s);
    String name = home == null ? own : home.name();
    int number = single ? ++singles : 0;
    int kind = type == SHT_NOBITS || type == SHT_X86_64_UNWIND ? SHT_PROGBITS : type;
    Key key =
        home == null
            ? new Key(name, group, (flags & SHF_ALLOC) != 0, kind, number)
            : key(home, number);
    MergedSection section = sections.get(key);
    if (section == null) {
      section = new MergedSection(name, group);
      sections.put(key, section);
      if (group != null) {
        group.members.add(section);
      }
    }
    section.add(input, s, home);
    input.move(s, section);
  }

  /** The name of the section that has a section of this name in an image. */
  private static String common(String name) {
    for (String prefix : COMMON) {
      if (name.startsWith(prefix + '.')) {
        return prefix;
      }
    }
    return name;
  }

  private boolean wanted(ElfObject object, int s) {
    switch (object.sectionType(s)) {
      case SHT_NULL, SHT_SYMTAB, SHT_STRTAB, SHT_RELA, SHT_REL, SHT_GROUP, SHT_SYMTAB_SHNDX:
        return false;
      case SHT_LLVM_ADDRSIG, SHT_LLVM_CALL_GRAPH_PROFILE:
        return false;
      default:
        break;
    }
    if (object.sectionNameIs(s, ".note.gnu.property")
        || (identified && object.sectionNameIs(s, BuildIdNote.NAME))) {
      return false;
    }
    boolean loaded = (object.sectionFlags(s) & SHF_ALLOC) != 0;
    boolean debug =
        object.sectionNameStartsWith(s, ".debug") || object.sectionNameStartsWith(s, ".zdebug");
    return loaded || !debug || !stripping.debug();
  }
}
