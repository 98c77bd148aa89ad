# One image for every role; what a node does is told by KISS_ROLES (docker-compose.yml, conf/kubernetes).
#
#   docker build -t kiss .                                       from the sources
#   docker build -t kiss --build-arg KISS_BUILD=prebuilt .       from cluster/target/kiss, as ./kiss or ./mvnw left it
#   docker build -t kiss:gpu --build-arg KISS_NATIVES=gpu .      PyTorch with CUDA 12.4 in place of MXNet
#
# Bases need Java 17 (the build's a JDK), bash and coreutils on Linux x86-64 with glibc.
ARG KISS_BUILD_BASE=eclipse-temurin:17.0.15_6-jdk-jammy
ARG KISS_BASE=eclipse-temurin:17.0.15_6-jre-jammy

FROM ${KISS_BUILD_BASE} AS build
ARG KISS_BUILD=source
ARG KISS_NATIVES=mxnet
WORKDIR /source
COPY . .
# The jars go apart by how often they change: natives, libraries, our own.
RUN set -eu; \
    case "$KISS_NATIVES" in \
      mxnet) profile= ;; \
      pytorch | gpu) profile=-P$KISS_NATIVES ;; \
      *) echo "KISS_NATIVES is $KISS_NATIVES; known are mxnet, pytorch and gpu" >&2; exit 1 ;; \
    esac; \
    built=cluster/target/kiss; \
    case "$KISS_BUILD" in \
      source) ./mvnw -q -B -ntp -DskipTests -Dspotless.check.skip $profile package -pl cluster -am ;; \
      prebuilt) \
        [ -f $built/.built ] || { echo "there is no finished cluster/target/kiss; run ./mvnw package first" >&2; exit 1; }; \
        [ "$(cat $built/.built)" = "$KISS_NATIVES" ] || \
          { echo "cluster/target/kiss is built with $(cat $built/.built), not with $KISS_NATIVES" >&2; exit 1; } ;; \
      *) echo "KISS_BUILD is $KISS_BUILD; known are source and prebuilt" >&2; exit 1 ;; \
    esac; \
    mkdir -p /out/natives /out/libraries /out/own /out/conf; \
    cp $built/lib/*.jar /out/libraries; \
    for jar in /out/libraries/*-native-*.jar; do [ ! -e "$jar" ] || mv "$jar" /out/natives; done; \
    mv /out/libraries/kiss-*.jar /out/own; \
    cp -R conf/metrics conf/policies conf/profiles conf/scenarios /out/conf; \
    cp kiss LICENSE NOTICE /out; \
    chmod -R go=u,go-w /out; \
    chmod 755 /out/kiss

FROM ${KISS_BASE}
LABEL org.opencontainers.image.title="KIS-S" \
      org.opencontainers.image.description="Learns to scale GPU inference on Kubernetes, and does it" \
      org.opencontainers.image.licenses="Apache-2.0"

# By number, so that Kubernetes can tell it is not root; named, so that Java has a home for it.
RUN echo 'kiss:x:10001:10001:KIS-S:/var/lib/kiss:/usr/sbin/nologin' >>/etc/passwd && \
    echo 'kiss:x:10001:' >>/etc/group && \
    mkdir -p /var/lib/kiss && chown 10001:10001 /var/lib/kiss

COPY --from=build /out/natives/ /opt/kiss/cluster/target/kiss/lib/
COPY --from=build /out/libraries/ /opt/kiss/cluster/target/kiss/lib/
COPY --from=build /out/conf/ /opt/kiss/conf/
COPY --from=build /out/LICENSE /out/NOTICE /out/kiss /opt/kiss/
COPY --from=build /out/own/ /opt/kiss/cluster/target/kiss/lib/

# Whatever is written goes to /var/lib/kiss and /tmp; everything else may be read-only. The heap is
# half of the container's memory, the rest is for the engine's own; perf data would map a file in /tmp.
ENV KISS_DATA=/var/lib/kiss \
    DJL_CACHE_DIR=/var/lib/kiss/djl \
    KISS_HTTP_PORT=8080 \
    KISS_JAVA_OPTS="-XX:MaxRAMPercentage=50 -XX:-UsePerfData"

USER 10001:10001
WORKDIR /var/lib/kiss
EXPOSE 8080 8558 25520

# bash, since not every base has curl. Alive is not ready: a node that waits for others is healthy.
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${KISS_HTTP_PORT} && printf 'GET /alive HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]

# The launcher execs java: it is process 1 and gets SIGTERM itself. A node hands over what it runs first.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/kiss/kiss"]
CMD ["node"]
