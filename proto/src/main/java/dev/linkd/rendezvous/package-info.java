/** How clients and daemon on one machine find and recognise each other. */
@NullMarked
package dev.linkd.rendezvous;

import org.jspecify.annotations.NullMarked;
