package dev.linkd.session;

import dev.linkd.rendezvous.FileView;
import dev.linkd.v1.LinkRequest;

/**
 * Whose invocations a daemon takes: of processes that mean the same files by the same paths, and
 * that were built together with it. What a request does not tell is not checked.
 *
 * @param view what this process sees
 * @param build what this process was built from
 */
public record Callers(FileView view, String build) {

  void check(LinkRequest request) throws RequestException {
    if (request.hasView()) {
      check(request.getView());
    }
    if (!request.getBuild().isEmpty() && !request.getBuild().equals(build)) {
      throw RequestException.of(
          Reason.OTHER_BUILD,
          "the daemon is of build " + build + ", the caller of " + request.getBuild());
    }
  }

  private void check(dev.linkd.v1.FileView other) throws RequestException {
    String difference =
        new FileView(
                other.getUid(),
                other.getMountDevice(),
                other.getMountInode(),
                other.getRootDevice(),
                other.getRootInode())
            .difference(view);
    if (!difference.isEmpty()) {
      throw RequestException.of(
          Reason.FOREIGN_CALLER, "the daemon sees other files than the caller: " + difference);
    }
  }
}
