package dev.linkd.elf.relocatable;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.elf.JoinedStatements.Position;
import dev.linkd.object.ElfObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A global name: what the inputs say about it, and the definition that counts. */
final class GlobalSymbol {

  private static final int VISIBILITY = 3;

  final String name;

  /** Names of the inputs with a strong definition. */
  final List<String> strong = new ArrayList<>(1);

  @Nullable InputObject definer;

  /** Symbol of the definer, or of the first that mentions the name. */
  int symbol;

  boolean weak = true;
  boolean common;

  /** Given by the command line: an absolute value. */
  boolean absolute;

  long value;
  long size;
  int info;
  int visibility = STV_DEFAULT;

  /** Relocations or groups refer to it. */
  boolean used;

  /** Where a common symbol or one of a script is; null for others. */
  @Nullable MergedSection room;

  /** Index in the output's symbol table. */
  int index;

  GlobalSymbol(String name) {
    this.name = name;
  }

  boolean defined() {
    return definer != null || common || absolute || room != null;
  }

  /** Takes in what an object says. */
  void add(InputObject input, int y) {
    ElfObject object = input.object;
    narrow(object.symbolOther(y) & VISIBILITY);
    int home = object.symbolSection(y);
    boolean weakHere = binding(object.symbolInfo(y)) == STB_WEAK;
    if (home == ElfObject.UNDEF || input.discarded(home)) {
      mention(object.symbolInfo(y), weakHere);
    } else if (absolute) {
      return;
    } else if (home == ElfObject.COMMON) {
      addCommon(object, y);
    } else {
      addDefinition(input, y, weakHere);
    }
  }

  private void mention(int mentionInfo, boolean weakHere) {
    if (!defined()) {
      weak &= weakHere;
      info = type(info) == STT_NOTYPE ? mentionInfo : info;
    }
  }

  private void addCommon(ElfObject object, int y) {
    if (definer != null && !weak) {
      return;
    }
    if (definer != null) {
      size = 0;
      definer = null;
    }
    common = true;
    weak = false;
    info = object.symbolInfo(y);
    size = Math.max(size, object.symbolSize(y));
    value = Math.max(value, object.symbolValue(y));
  }

  private void addDefinition(InputObject input, int y, boolean weakHere) {
    ElfObject object = input.object;
    if (!weakHere) {
      strong.add(object.name());
    }
    boolean better = definer == null ? !common || !weakHere : weak && !weakHere;
    if (better) {
      definer = input;
      symbol = y;
      common = false;
      weak = weakHere;
      info = object.symbolInfo(y);
      size = object.symbolSize(y);
    }
  }

  /**
   * Takes over what a script assigns, whatever the inputs say.
   *
   * @param home null for a number
   * @param like st_info of what it is the same as; 0 when there is no such
   */
  void assign(@Nullable MergedSection home, Position position, int like) {
    strong.clear();
    definer = null;
    common = false;
    weak = false;
    absolute = home == null;
    room = home;
    value = position.value();
    size = 0;
    info = STB_GLOBAL << 4 | type(like);
    if (position.hidden()) {
      narrow(STV_HIDDEN);
    }
  }

  /** The most constraining visibility of all mentions counts. */
  private void narrow(int other) {
    boolean first = visibility == STV_DEFAULT || other == STV_DEFAULT;
    visibility = first ? Math.max(visibility, other) : Math.min(visibility, other);
  }

  /** Binding and type for the symbol table. */
  int outputInfo() {
    boolean unique = definer != null && binding(info) == STB_GNU_UNIQUE;
    int binding =
        unique
            ? STB_GNU_UNIQUE
            : weak && !common && !absolute && room == null ? STB_WEAK : STB_GLOBAL;
    return binding << 4 | type(info);
  }
}
