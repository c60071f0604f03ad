# The daemon in a container. Builds from the sources; runs as a user without rights.
#
#   docker build -t linkd .
#   docker run --rm -v linkd-socket:/run/linkd -v "$PWD":/work --user "$(id -u):$(id -g)" linkd
#
# /run/linkd holds the socket, /work the inputs and outputs: clients see the files under the same
# paths as the daemon, so mount the folder of the project where the clients have it.

FROM docker.io/library/eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY . .
RUN ./mvnw -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true package

FROM docker.io/library/eclipse-temurin:25-jre
# A number of its own, so that a volume has the same owner everywhere.
RUN groupadd --gid 7465 linkd \
 && useradd --uid 7465 --gid linkd --home-dir /work --no-create-home --shell /usr/sbin/nologin linkd \
 && install -d -m 0700 -o linkd -g linkd /run/linkd /var/cache/linkd \
 && install -d -m 0755 -o linkd -g linkd /work
COPY --from=build /src/integration-tests/target/distribution/linkd /opt/linkd
ENV PATH=/opt/linkd/bin:$PATH \
    LINKD_SOCKET=/run/linkd/linkd.sock \
    XDG_CACHE_HOME=/var/cache/linkd
USER linkd
WORKDIR /work
VOLUME ["/run/linkd", "/work"]
HEALTHCHECK --interval=30s --timeout=10s --start-period=15s CMD ["linkctl", "status"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["linkd"]
CMD ["--socket", "/run/linkd/linkd.sock", "--idle-timeout", "0"]
