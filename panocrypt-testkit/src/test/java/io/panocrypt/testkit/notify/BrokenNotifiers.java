package io.panocrypt.testkit.notify;

import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.testkit.Overlap;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Notifiers with one typical mistake each. */
enum BrokenNotifiers {
    SHOUTS_ITS_SCHEME("N1") {
        @Override
        MemoryChannel open() {
            return new MemoryChannel() {
                @Override
                public Set<String> schemes() {
                    return Set.of("memory", "MEMORY");
                }
            };
        }
    },

    CALLS_DONE_WHAT_IT_DROPS("N2") {
        @Override
        MemoryChannel open() {
            return new MemoryChannel() {
                @Override
                Delivery taken(Notice notice) {
                    return new Delivery.Done();
                }
            };
        }
    },

    SENDS_TWICE_TO_BE_SURE("N2") {
        @Override
        MemoryChannel open() {
            return new MemoryChannel() {
                @Override
                Delivery taken(Notice notice) {
                    super.taken(notice);
                    return super.taken(notice);
                }
            };
        }
    },

    MAKES_A_FRESH_ID_PER_ATTEMPT("N3") {
        @Override
        MemoryChannel open() {
            return new MemoryChannel() {
                @Override
                Delivery taken(Notice notice) {
                    received.add(new Received(UUID.randomUUID().toString(), shown(notice)));
                    return new Delivery.Done();
                }
            };
        }
    },

    GIVES_ALL_NOTICES_ONE_ID("N3") {
        @Override
        MemoryChannel open() {
            return new MemoryChannel() {
                @Override
                Delivery taken(Notice notice) {
                    received.add(new Received("notice", shown(notice)));
                    return new Delivery.Done();
                }
            };
        }
    },

    FORGETS_HOW_LONG_TO_WAIT("N4") {
        @Override
        MemoryChannel open() {
            return answering(Behaviours.BUSY, new Delivery.Later("busy", Optional.empty()));
        }
    },

    GIVES_UP_AT_THE_FIRST_FAULT("N5") {
        @Override
        MemoryChannel open() {
            return answering(Behaviours.FAILING, new Delivery.Refused("failed"));
        }
    },

    TRIES_FOR_EVER_WHAT_IS_REFUSED("N6") {
        @Override
        MemoryChannel open() {
            return answering(Behaviours.REFUSING, new Delivery.Later("refused", Optional.empty()));
        }
    },

    TAKES_GONE_FOR_REFUSED("N7") {
        @Override
        MemoryChannel open() {
            return answering(Behaviours.GONE, new Delivery.Refused("gone"));
        }
    },

    WAITS_FOR_EVER("N8") {
        @Override
        MemoryChannel open() {
            return new MemoryChannel() {
                @Override
                Delivery hang(Duration limit) {
                    return super.hang(Duration.ofDays(1));
                }
            };
        }
    },

    SWALLOWS_THE_INTERRUPT("N9") {
        @Override
        MemoryChannel open() {
            return new MemoryChannel() {
                @Override
                Delivery hang(Duration limit) {
                    return super.hang(Duration.ofDays(1));
                }

                @Override
                Delivery interrupted() {
                    return failed();
                }
            };
        }
    },

    STAYS_BROKEN("N10") {
        @Override
        MemoryChannel open() {
            AtomicReference<@Nullable Delivery> fault = new AtomicReference<>();
            return new MemoryChannel() {
                @Override
                public Delivery deliver(Notice notice, URI contact) {
                    Delivery known = fault.get();
                    Delivery delivery = known == null ? super.deliver(notice, contact) : known;
                    fault.set(delivery instanceof Delivery.Later ? delivery : null);
                    return delivery;
                }
            };
        }
    },

    GLUES_TEXT_INTO_LINES("N11") {
        @Override
        MemoryChannel open() {
            return new MemoryChannel() {
                @Override
                String shown(Notice notice) {
                    return super.shown(notice) + "\n" + notice.text();
                }
            };
        }
    },

    REFUSES_LONG_TEXT("N11") {
        @Override
        MemoryChannel open() {
            return new MemoryChannel() {
                @Override
                Delivery taken(Notice notice) {
                    return notice.text().length() > 1_000 ? new Delivery.Refused("too long") : super.taken(notice);
                }
            };
        }
    },

    WRITES_OPTIONALS_OUT("N12") {
        @Override
        MemoryChannel open() {
            return new MemoryChannel() {
                @Override
                String shown(Notice notice) {
                    String link = notice.link().isEmpty() ? notice.link().toString() : "";
                    return super.shown(notice) + link;
                }
            };
        }
    },

    LEAVES_THE_LINK_OUT("N13") {
        @Override
        MemoryChannel open() {
            return new MemoryChannel() {
                @Override
                String shown(Notice notice) {
                    return notice.link().isPresent()
                            ? super.shown(notice).replace(notice.link().get().toString(), "")
                            : super.shown(notice);
                }
            };
        }
    },

    QUOTES_THE_CONTACT("N14") {
        @Override
        MemoryChannel open() {
            return new MemoryChannel() {
                @Override
                Delivery failed() {
                    return new Delivery.Later("no answer from " + contact(), Optional.empty());
                }
            };
        }
    },

    THROWS_WITH_THE_CONTACT("N14") {
        @Override
        MemoryChannel open() {
            return new MemoryChannel() {
                @Override
                Delivery failed() {
                    throw new IllegalStateException(
                            "failed", new IllegalArgumentException(contact().toString()));
                }
            };
        }
    },

    PASSES_ON_WHAT_THE_RECEIVER_SAYS("N14") {
        @Override
        MemoryChannel open() {
            return answering(Behaviours.FAILING, new Delivery.Later("500\r\n<html>", Optional.empty()));
        }
    },

    SHARES_A_FIELD("N15") {
        @Override
        MemoryChannel open() {
            return new MemoryChannel() {
                private final Overlap overlap = new Overlap();
                private volatile @Nullable Notice current;

                @Override
                Delivery taken(Notice notice) {
                    current = notice;
                    overlap.meet();
                    Notice mine = current;
                    return super.taken(mine == null ? notice : mine);
                }
            };
        }
    },

    SENDS_SOMEWHERE_WHATEVER_THE_CONTACT("N16") {
        @Override
        MemoryChannel open() {
            return new MemoryChannel() {
                @Override
                public Delivery deliver(Notice notice, URI contact) {
                    return super.deliver(notice, contact());
                }
            };
        }
    },

    CLOSES_A_CONTACT_FOR_A_FAULT_OF_THE_SENDER("N17") {
        @Override
        MemoryChannel open() {
            return answering(Behaviours.REFUSING_SENDER, new Delivery.Gone("who are you?"));
        }
    },

    GIVES_UP_A_NOTICE_FOR_A_FAULT_OF_THE_SENDER("N17") {
        @Override
        MemoryChannel open() {
            return answering(Behaviours.REFUSING_SENDER, new Delivery.Refused("who are you?"));
        }
    };

    /** Sets of receivers that a broken notifier misreads. */
    private static final class Behaviours {
        static final Set<MemoryChannel.Behaviour> BUSY = Set.of(MemoryChannel.Behaviour.IS_BUSY);
        static final Set<MemoryChannel.Behaviour> REFUSING = Set.of(MemoryChannel.Behaviour.REFUSES);
        static final Set<MemoryChannel.Behaviour> REFUSING_SENDER = Set.of(MemoryChannel.Behaviour.REFUSES_SENDER);
        static final Set<MemoryChannel.Behaviour> GONE = Set.of(MemoryChannel.Behaviour.IS_GONE);
        static final Set<MemoryChannel.Behaviour> FAILING = Set.of(
                MemoryChannel.Behaviour.FAILS, MemoryChannel.Behaviour.CUTS_OFF, MemoryChannel.Behaviour.IS_AWAY);
    }

    private final String violated;

    BrokenNotifiers(String violated) {
        this.violated = violated;
    }

    abstract MemoryChannel open();

    /** The violated rule. */
    String violated() {
        return violated;
    }

    private static MemoryChannel answering(Set<MemoryChannel.Behaviour> where, Delivery what) {
        return new MemoryChannel() {
            @Override
            public Delivery deliver(Notice notice, URI contact) {
                return where.contains(behaviour.get()) ? what : super.deliver(notice, contact);
            }
        };
    }

    static List<String> rules() {
        return List.of(values()).stream()
                .map(BrokenNotifiers::violated)
                .distinct()
                .toList();
    }
}
