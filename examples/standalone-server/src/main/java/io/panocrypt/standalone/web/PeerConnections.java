package io.panocrypt.standalone.web;

import io.panocrypt.policy.net.IpAddress;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.util.IO;

/** Closes accepted connections of a peer that has reached its limit. Thread-safe. */
final class PeerConnections implements SelectorManager.AcceptListener {
    private static final System.Logger LOG = System.getLogger(PeerConnections.class.getName());

    private final Peers peers;
    private final int max;
    private final Map<IpAddress, Integer> counts = new ConcurrentHashMap<>();
    /** Remembers the peer, because a closed channel no longer knows it. */
    private final Map<SelectableChannel, IpAddress> open = new ConcurrentHashMap<>();

    private final ThrottledLog log = new ThrottledLog(LOG);

    /** @param max maximum number of connections per peer */
    PeerConnections(Peers peers, int max) {
        this.peers = peers;
        this.max = max;
    }

    @Override
    public void onAccepting(SelectableChannel channel) {
        Optional<IpAddress> peer = peer(channel);
        if (peer.isEmpty()) {
            return;
        }
        if (counts.merge(peer.get(), 1, Integer::sum) > max) {
            leave(peer.get());
            IO.close(channel);
            log.warn("connections were closed: " + peer.get() + " has " + max
                    + " already, see --peer-connections and --trusted-proxy");
        } else {
            open.put(channel, peer.get());
        }
    }

    private Optional<IpAddress> peer(SelectableChannel channel) {
        try {
            return channel instanceof SocketChannel socket && socket.getRemoteAddress() != null
                    ? peers.of(socket.getRemoteAddress())
                    : Optional.empty();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a connection ended while it was accepted", e);
            return Optional.empty();
        }
    }

    private void leave(IpAddress peer) {
        counts.computeIfPresent(peer, (key, count) -> count == 1 ? null : count - 1);
    }

    @Override
    public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
        onClosed(channel);
    }

    @Override
    public void onClosed(SelectableChannel channel) {
        IpAddress peer = open.remove(channel);
        if (peer != null) {
            leave(peer);
        }
    }
}
