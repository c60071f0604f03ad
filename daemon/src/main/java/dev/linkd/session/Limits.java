package dev.linkd.session;

/**
 * Bounds on what clients can ask for. Each is documented in the proto files.
 *
 * @param outputs open outputs; each reserves more than 128 GiB of the 128 TiB of addresses
 * @param streams update streams connected to one output
 * @param watchers connected watchers
 * @param links {@code ld}-style invocations that run at one time
 * @param waitingCalls calls that wait for one output
 * @param window requests of one stream that are received and not yet applied
 * @param updates updates in one request
 * @param rejections rejected updates of a stream between two flushes
 * @param nameBytes length of a name
 * @param callNames names that a call gives by number
 * @param callNameBytes bytes of these
 * @param pathBytes length of a path
 * @param definitions definitions of one atom
 * @param relocations relocations of one atom
 * @param atomBytes size of one atom, also without content
 * @param imports symbols of one declared library
 * @param messageBytes size of one message
 * @param imageBytes memory of all outputs; beyond it the least recently used give their images back
 */
public record Limits(
    int outputs,
    int streams,
    int watchers,
    int links,
    int waitingCalls,
    int window,
    int updates,
    int rejections,
    int nameBytes,
    int callNames,
    int callNameBytes,
    int pathBytes,
    int definitions,
    int relocations,
    long atomBytes,
    int imports,
    int messageBytes,
    long imageBytes) {

  public static final Limits DEFAULT =
      new Limits(
          768, 64, 256, 64, 1_024, 16, 1 << 16, 1_000, 65_535, 1 << 22, 1 << 27, 4_096, 1 << 16,
          1 << 20, 1L << 31, 1 << 20, 16 << 20, 8L << 30);
}
