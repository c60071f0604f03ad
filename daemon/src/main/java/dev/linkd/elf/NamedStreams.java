package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The streams of an output, by the names that clients gave them and by their numbers. */
final class NamedStreams {
  private final Link link;
  private final Map<String, Stream> byName = new HashMap<>();

  NamedStreams(Link link) {
    this.link = link;
  }

  /** The stream of a name; a new one when there is none. */
  Stream named(String name) {
    return byName.computeIfAbsent(name, link::addStream);
  }

  /** Takes a stream that has been added to the link. */
  void put(String name, Stream stream) {
    byName.put(name, stream);
  }

  @Nullable Stream find(int number) {
    return link.state.inputs.has(number) && link.state.inputs.get(number) instanceof Stream stream
        ? stream
        : null;
  }

  Stream require(int number) throws LinkException {
    Stream stream = find(number);
    if (stream == null) {
      throw new LinkException(Code.INVALID_REQUEST, Place.NONE, "no stream " + number);
    }
    return stream;
  }

  /** Removes a stream with all that it put; whether there was one. */
  boolean remove(int number) {
    Stream stream = find(number);
    if (stream == null) {
      return false;
    }
    link.streams.remove(stream);
    byName.remove(stream.name);
    return true;
  }
}
