package dev.linkd.server.rehearsal;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC call over a connection of its own, as the clients in C make it. It speaks HTTP/2 itself: a
 * client of the library would run the server's code in another role, and the virtual machine would
 * compile that for both. The thread that waits in it can be interrupted, which ends the call.
 */
final class RawCall implements AutoCloseable {
  private static final int IN_BYTES = 1 << 16;
  private static final int PREFIX_BYTES = 5;
  private static final int LENGTH_SHIFT = Byte.SIZE;
  private static final int TYPE_MASK = 0xff;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final FrameWriter frames = new FrameWriter();

  /** Received and not yet looked at; ready to be read. */
  private ByteBuffer in = ByteBuffer.allocate(IN_BYTES).limit(0);

  /** Messages with their prefixes; ready to be read. */
  private ByteBuffer answer = ByteBuffer.allocate(IN_BYTES).limit(0);

  private long connectionWindow = FrameWriter.WINDOW_BYTES;
  private long streamWindow = FrameWriter.WINDOW_BYTES;
  private long initialWindow = FrameWriter.WINDOW_BYTES;
  private boolean ended;

  /**
   * Connects; nothing is sent before the first message.
   *
   * @param method {@code package.Service/Method}
   */
  RawCall(Path socket, String method) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.configureBlocking(false);
      selector = Selector.open();
      key = channel.register(selector, SelectionKey.OP_READ);
    } catch (IOException fault) {
      channel.close();
      throw fault;
    }
    frames.preface();
    frames.call("/" + method);
  }

  /** Sends a message, and takes in what has arrived meanwhile. */
  void send(byte[] message, boolean last) throws IOException {
    ByteBuffer body = ByteBuffer.allocate(PREFIX_BYTES + message.length);
    body.put((byte) 0).putInt(message.length).put(message).flip();
    while (body.hasRemaining()) {
      long window = Math.min(connectionWindow, streamWindow);
      int size =
          (int) Math.clamp(window, 0, Math.min(body.remaining(), FrameWriter.PAYLOAD_BYTES_MAX));
      if (size == 0) {
        flush();
        awaitFrame();
        continue;
      }
      boolean end = last && size == body.remaining();
      ByteBuffer part = body.slice(body.position(), size);
      frames.frame(FrameWriter.DATA, end ? FrameWriter.END_STREAM : 0, FrameWriter.STREAM, part);
      body.position(body.position() + size);
      connectionWindow -= size;
      streamWindow -= size;
    }
    flush();
    while (!ended && (takeFrame() || (fill() > 0 && takeFrame()))) {
      flush();
    }
  }

  /** Waits for the next message; null when the server has ended the call. */
  byte @Nullable [] receive() throws IOException {
    byte[] message = received();
    while (message == null && !ended) {
      awaitFrame();
      message = received();
    }
    return message;
  }

  /** Says that no message follows, and waits until the server has ended the call, too. */
  void finish() throws IOException {
    ByteBuffer nothing = ByteBuffer.allocate(0);
    frames.frame(FrameWriter.DATA, FrameWriter.END_STREAM, FrameWriter.STREAM, nothing);
    flush();
    while (receive() != null) {
      // What it still says is of no interest.
    }
  }

  /** The next message if it has arrived. */
  byte @Nullable [] received() {
    if (answer.remaining() < PREFIX_BYTES) {
      return null;
    }
    int length = answer.getInt(answer.position() + 1);
    if (answer.remaining() - PREFIX_BYTES < length) {
      return null;
    }
    byte[] message = new byte[length];
    answer.position(answer.position() + PREFIX_BYTES).get(message);
    return message;
  }

  private void flush() throws IOException {
    ByteBuffer bytes = frames.flip();
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) == 0) {
        await(SelectionKey.OP_WRITE);
      }
    }
    frames.clear();
  }

  private void awaitFrame() throws IOException {
    while (!takeFrame()) {
      await(SelectionKey.OP_READ);
      if (fill() < 0) {
        throw new EOFException("the server has closed the connection");
      }
    }
    flush();
  }

  private void await(int operation) throws IOException {
    key.interestOps(operation);
    selector.select();
    selector.selectedKeys().clear();
    if (Thread.currentThread().isInterrupted()) {
      throw new IOException("interrupted");
    }
  }

  /** Reads what has arrived; negative at the end. */
  private int fill() throws IOException {
    in.compact();
    int count = channel.read(in);
    in.flip();
    return count;
  }

  /** Takes in one frame if it is there whole. */
  private boolean takeFrame() throws IOException {
    if (in.remaining() < FrameWriter.HEADER_BYTES) {
      return false;
    }
    int start = in.getInt(in.position());
    int length = start >>> LENGTH_SHIFT;
    if (length > FrameWriter.PAYLOAD_BYTES_MAX) {
      throw new IOException("a frame of " + length + " bytes");
    }
    if (in.remaining() - FrameWriter.HEADER_BYTES < length) {
      return false;
    }
    int flags = in.get(in.position() + Integer.BYTES);
    int stream = in.getInt(in.position() + Integer.BYTES + 1);
    in.position(in.position() + FrameWriter.HEADER_BYTES);
    take(start & TYPE_MASK, flags, stream, in.slice(in.position(), length));
    in.position(in.position() + length);
    return true;
  }

  private void take(int type, int flags, int stream, ByteBuffer payload) throws IOException {
    boolean mayEnd = type == FrameWriter.DATA || type == FrameWriter.HEADERS;
    boolean acknowledged = !mayEnd && (flags & FrameWriter.ACK) != 0;
    if (type == FrameWriter.DATA) {
      append(payload);
    } else if (type == FrameWriter.SETTINGS && !acknowledged) {
      settings(payload);
    } else if (type == FrameWriter.PING && !acknowledged) {
      frames.frame(FrameWriter.PING, FrameWriter.ACK, 0, payload);
    } else if (type == FrameWriter.WINDOW_UPDATE) {
      open(stream, payload.getInt());
    } else if (type == FrameWriter.RST_STREAM || type == FrameWriter.GOAWAY) {
      ended = true;
    }
    ended |= mayEnd && (flags & FrameWriter.END_STREAM) != 0;
  }

  private void append(ByteBuffer payload) {
    if (answer.capacity() - answer.limit() < payload.remaining()) {
      int bytes = Math.max(answer.capacity(), answer.remaining() + payload.remaining());
      answer = ByteBuffer.allocate(bytes).put(answer).flip();
    }
    int end = answer.limit();
    answer.limit(end + payload.remaining()).put(end, payload, 0, payload.remaining());
  }

  private void settings(ByteBuffer payload) {
    while (payload.remaining() >= FrameWriter.SETTING_BYTES) {
      short name = payload.getShort();
      int value = payload.getInt();
      if (name == FrameWriter.INITIAL_WINDOW_SIZE) {
        streamWindow += value - initialWindow;
        initialWindow = value;
      }
    }
    frames.frame(FrameWriter.SETTINGS, FrameWriter.ACK, 0, payload);
  }

  private void open(int stream, int bytes) {
    if (stream == 0) {
      connectionWindow += bytes;
    } else {
      streamWindow += bytes;
    }
  }

  @Override
  public void close() throws IOException {
    selector.close();
    channel.close();
  }
}
