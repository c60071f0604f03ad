package dev.linkd.session;

import dev.linkd.output.Output.DumpVisitor;
import dev.linkd.v1.DumpRequest;
import dev.linkd.v1.DumpResponse;
import dev.linkd.v1.LayoutNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Collects the layout tree as messages, so that the output does not wait for the client. */
final class DumpCollector implements DumpVisitor {
  private static final int NODES_MAX = 1_000_000;
  private static final int NODES_PER_MESSAGE = 1_024;

  private final int depthMax;
  private final int nodesMax;
  private final List<DumpResponse> messages = new ArrayList<>();
  private DumpResponse.Builder message = DumpResponse.newBuilder();
  private int nodes;
  private boolean truncated;

  DumpCollector(DumpRequest request) throws RequestException {
    if (request.hasDepthMax() && request.getDepthMax() < 0) {
      throw RequestException.field("depth_max", "out of range");
    }
    if (request.getNodesMax() < 0 || request.getNodesMax() > NODES_MAX) {
      throw RequestException.field("nodes_max", "at most " + NODES_MAX);
    }
    depthMax = request.hasDepthMax() ? request.getDepthMax() : Integer.MAX_VALUE;
    nodesMax = request.getNodesMax() == 0 ? NODES_MAX : request.getNodesMax();
  }

  @Override
  public void node(
      int depth,
      String kind,
      String name,
      long fileOffset,
      long address,
      long size,
      long capacity) {
    if (depth > depthMax) {
      return;
    }
    if (nodes == nodesMax) {
      truncated = true;
      return;
    }
    nodes++;
    LayoutNode.Builder node =
        LayoutNode.newBuilder()
            .setDepth(depth)
            .setKind(kind)
            .setName(name)
            .setAddress(address)
            .setSize(size)
            .setCapacity(capacity);
    if (fileOffset >= 0) {
      node.setFileOffset(fileOffset);
    }
    message.addNodes(node);
    if (message.getNodesCount() == NODES_PER_MESSAGE) {
      endMessage();
    }
  }

  private void endMessage() {
    messages.add(message.build());
    message = DumpResponse.newBuilder();
  }

  /** At least one message. */
  Iterator<DumpResponse> messages() {
    message.setTruncated(truncated);
    endMessage();
    return messages.iterator();
  }
}
