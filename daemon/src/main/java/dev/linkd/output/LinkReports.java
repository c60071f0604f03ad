package dev.linkd.output;

import java.util.List;

/** Texts about a link in the formats that other linkers made common. Their cost is O(program). */
public interface LinkReports {

  /** Where everything is: the columns of lld's {@code -Map}. */
  String map();

  /** Which input defines each global symbol, and which refer to it ({@code --cref}). */
  String crossReferences();

  /** Which inputs define some symbols and which refer to them, one line each ({@code -y}). */
  String trace(List<String> names);

  /**
   * Why archive members are part of the output ({@code --why-extract}): lines of the input that
   * refers to a member, the member, and the symbol.
   */
  String extractions();

  /** The archive members that are part of the output, one on each line ({@code --trace}). */
  String members();

  /**
   * Which input refers to which for the sake of which symbol, one line each ({@code
   * --print-dependencies}).
   */
  String dependencies();

  /** How many members each archive has, and how many are taken ({@code --print-archive-stats}). */
  String archives();

  /** How full the regions of a linker script's memory are ({@code --print-memory-usage}). */
  String memory();

  /** What leads to the symbols whose names match one of the wildcards ({@code --why-live}). */
  String whyLive(List<String> patterns);
}
