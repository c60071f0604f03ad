/* Where the daemon is. */
#ifndef LINKD_CONNECT_H
#define LINKD_CONNECT_H

/*
 * Connects to the daemon at a socket; NULL: the one that linkctl uses. Returns a descriptor, or -1
 * when no daemon listens there.
 */
int connect_daemon(const char *path);

#endif
