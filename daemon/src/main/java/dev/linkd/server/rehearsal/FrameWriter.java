package dev.linkd.server.rehearsal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Frames of HTTP/2 (RFC 9113) in a buffer that grows: those that a client of one call sends. */
final class FrameWriter {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;

  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;

  static final int HEADER_BYTES = 9;
  static final int PAYLOAD_BYTES_MAX = 16_384;
  static final int WINDOW_BYTES = 65_535;
  static final int SETTING_BYTES = 6;
  static final short INITIAL_WINDOW_SIZE = 4;

  /** The only stream of a connection. */
  static final int STREAM = 1;

  private static final short HEADER_TABLE_SIZE = 1;
  private static final short ENABLE_PUSH = 2;
  private static final int LENGTH_BITS = 24;
  private static final int FIRST_CAPACITY = 1 << 17;

  // RFC 7541: header fields of the static table, and literals that are not indexed.
  private static final byte METHOD_POST = (byte) 0x83;
  private static final byte SCHEME_HTTP = (byte) 0x86;
  private static final byte[] PATH = {0x04};
  private static final byte[] AUTHORITY = {0x01};
  private static final byte[] CONTENT_TYPE = {0x0f, 0x10};
  private static final byte NEW_NAME = 0;

  private ByteBuffer out = ByteBuffer.allocate(FIRST_CAPACITY);

  /** What was written and not yet sent, to be read. */
  ByteBuffer flip() {
    return out.flip();
  }

  /** Forgets what was sent. */
  void clear() {
    out.clear();
  }

  /** Begins a connection whose windows are so large that the server never waits for us. */
  void preface() {
    put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    header(3 * SETTING_BYTES, SETTINGS, 0, 0);
    out.putShort(HEADER_TABLE_SIZE).putInt(0);
    out.putShort(ENABLE_PUSH).putInt(0);
    out.putShort(INITIAL_WINDOW_SIZE).putInt(Integer.MAX_VALUE);
    header(Integer.BYTES, WINDOW_UPDATE, 0, 0);
    out.putInt(Integer.MAX_VALUE - WINDOW_BYTES);
  }

  /** The headers of a call of gRPC. */
  void call(String path) {
    ByteBuffer block = ByteBuffer.allocate(Byte.MAX_VALUE * 2);
    block.put(METHOD_POST).put(SCHEME_HTTP);
    text(block.put(PATH), path);
    text(block.put(AUTHORITY), "localhost");
    text(block.put(CONTENT_TYPE), "application/grpc");
    text(block.put(NEW_NAME), "te");
    text(block, "trailers");
    block.flip();
    header(block.remaining(), HEADERS, END_HEADERS, STREAM);
    out.put(block);
  }

  /** A length below 128 is one byte, which also says that the text is not Huffman coded. */
  private static void text(ByteBuffer block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    block.put((byte) bytes.length).put(bytes);
  }

  /** A frame with a payload that is at hand. */
  void frame(int type, int flags, int stream, ByteBuffer payload) {
    header(payload.remaining(), type, flags, stream);
    out.put(payload);
  }

  /** Begins a frame, and makes room for its payload. */
  private void header(int payload, int type, int flags, int stream) {
    reserve(HEADER_BYTES + payload);
    out.putInt(payload << (Integer.SIZE - LENGTH_BITS) | type).put((byte) flags).putInt(stream);
  }

  private void put(byte[] bytes) {
    reserve(bytes.length);
    out.put(bytes);
  }

  private void reserve(int bytes) {
    if (out.remaining() < bytes) {
      out = ByteBuffer.allocate((out.capacity() + bytes) * 2).put(out.flip());
    }
  }
}
