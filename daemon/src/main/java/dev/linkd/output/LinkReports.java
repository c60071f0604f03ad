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
}
