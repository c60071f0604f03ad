/**
 * The gRPC services: validation, flow control, limits, one owner thread for each output, and the
 * only place where faults become gRPC statuses. Knows nothing of the bytes of any format.
 */
@NullMarked
package dev.linkd.session;

import org.jspecify.annotations.NullMarked;
