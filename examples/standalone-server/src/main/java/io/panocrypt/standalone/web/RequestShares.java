package io.panocrypt.standalone.web;

import io.panocrypt.policy.net.IpAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Divides the threads of an address among unlocks, readiness and all other calls, and among peers, so none can take
 * all. A request whose share is used up waits without a thread. Liveness checks take no share. Thread-safe.
 */
public final class RequestShares extends Handler.Wrapper {
    private final Peers peers;
    private final int peerRequests;
    private final Map<String, Shares> byConnector;

    /**
     * Creates a handler for all addresses.
     *
     * @param peerRequests maximum number of concurrent requests per peer
     * @param byConnector the shares of each address, by connector name
     */
    public RequestShares(Handler handler, Peers peers, int peerRequests, Map<String, Shares> byConnector) {
        super(handler);
        this.peers = peers;
        this.peerRequests = peerRequests;
        this.byConnector = Map.copyOf(byConnector);
    }

    /** Concurrent requests on one address. The sum stays below its number of threads, which also read and write. */
    public static final class Shares {
        private final TaskLimit unlocks;
        private final TaskLimit readiness;
        private final TaskLimit others;
        private final Map<IpAddress, Peer> peers = new ConcurrentHashMap<>();

        public Shares(int unlocks, int readiness, int others) {
            this.unlocks = new TaskLimit(unlocks);
            this.readiness = new TaskLimit(readiness);
            this.others = new TaskLimit(others);
        }

        private TaskLimit of(String path) {
            if (path.equals(WebServer.READYZ)) {
                return readiness;
            }
            return path.startsWith("/api/") || path.equals("/enroll") || path.equals("/metrics") ? others : unlocks;
        }

        private TaskLimit enter(IpAddress address, int max) {
            return peers.compute(address, (key, known) -> {
                        Peer peer = known == null ? new Peer(max) : known;
                        peer.requests++;
                        return peer;
                    })
                    .limit;
        }

        private void leave(IpAddress address) {
            peers.computeIfPresent(address, (key, peer) -> --peer.requests == 0 ? null : peer);
        }
    }

    /** A peer with requests; removed from the map after its last one. */
    private static final class Peer {
        private final TaskLimit limit;
        private int requests;

        Peer(int max) {
            limit = new TaskLimit(max);
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path =
                Optional.ofNullable(request.getHttpURI().getCanonicalPath()).orElse("");
        Connector connector = request.getConnectionMetaData().getConnector();
        Shares shares = byConnector.get(connector.getName());
        if (shares == null || path.equals(WebServer.HEALTHZ)) {
            return super.handle(request, response, callback);
        }
        Executor executor = connector.getExecutor();
        TaskLimit share = shares.of(path);
        Optional<IpAddress> address = peers.of(request.getConnectionMetaData().getRemoteSocketAddress());
        if (address.isEmpty()) {
            share.enter(executor, () -> answer(request, response, callback, share::leave));
            return true;
        }
        TaskLimit peer = shares.enter(address.get(), peerRequests);
        Runnable leave = () -> {
            try {
                share.leave();
            } finally {
                try {
                    peer.leave();
                } finally {
                    shares.leave(address.get());
                }
            }
        };
        peer.enter(executor, () -> share.enter(executor, () -> answer(request, response, callback, leave)));
        return true;
    }

    private void answer(Request request, Response response, Callback callback, Runnable leave) {
        try {
            if (!super.handle(request, response, callback)) {
                Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
            }
        } catch (Throwable e) {
            // Ends the request like Jetty does when a handler throws.
            Response.writeError(request, response, callback, e);
        } finally {
            leave.run();
        }
    }
}
