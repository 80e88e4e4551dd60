package io.panocrypt.policy.proof;

import io.panocrypt.policy.model.Role;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Models that each reverse one sentence of the contract: a service like that would be broken. */
enum ModelMutant {
    SPENDS_NO_ALLOWANCE {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                void spend(Device device, Allowance allowance) {
                    // Keeps the use.
                }
            };
        }
    },

    SPENDS_AN_ALLOWANCE_ONLY_WHERE_IT_IS_NEEDED {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                boolean isSpentWithoutNeed() {
                    return false;
                }
            };
        }
    },

    SPENDS_THE_ALLOWANCE_THAT_LASTS_LONGEST {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                Comparator<Allowance> order() {
                    return super.order().reversed();
                }
            };
        }
    },

    UNITES_ALLOWANCES {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                boolean skips(Allowance allowance, String gate, Device device) {
                    return device.allowances.stream().anyMatch(other -> super.skips(other, gate, device));
                }
            };
        }
    },

    IGNORES_THE_SOURCE_OF_AN_ALLOWANCE {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                boolean fits(Allowance allowance, String source) {
                    return true;
                }
            };
        }
    },

    LETS_AN_ALLOWANCE_SKIP_CONFIRMATION {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                boolean skips(Allowance allowance, String gate, Device device) {
                    return gate.equals("state")
                            ? allowance.skips.contains("disabled")
                            : super.skips(allowance, gate, device);
                }
            };
        }
    },

    GIVES_AN_APPROVAL_WITHOUT_END {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                void collect(Device device, Request request) {
                    request.left++;
                    super.collect(device, request);
                }
            };
        }
    },

    GIVES_AN_APPROVAL_TO_ANY_SOURCE {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                Optional<Request> collectable(Device device, String source) {
                    return device.requests.stream()
                            .flatMap(request -> super.collectable(device, request.source).stream())
                            .findFirst();
                }
            };
        }
    },

    KEEPS_THE_WINDOW_OPEN_FOR_LONGER {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                long window() {
                    return WINDOW + 1;
                }
            };
        }
    },

    IGNORES_DENIES {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                boolean refuses(Deny deny, String source) {
                    return false;
                }
            };
        }
    },

    DENIES_EVERY_SOURCE {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                boolean refuses(Deny deny, String source) {
                    return true;
                }
            };
        }
    },

    LETS_ADMINISTRATORS_DECIDE {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                Set<String> deciders(Device device, Request request) {
                    Set<String> deciders = new TreeSet<>(super.deciders(device, request));
                    roles.forEach((member, role) -> {
                        if (role == Role.ADMIN) {
                            deciders.add(member);
                        }
                    });
                    return deciders;
                }
            };
        }
    },

    LETS_VIEWERS_DECIDE {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                boolean mayDecide(Role role) {
                    return true;
                }
            };
        }
    },

    COUNTS_VOTES_OF_WHO_HAS_LEFT {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                Set<String> countedVotes(Set<String> votes, Device device) {
                    return votes;
                }
            };
        }
    },

    DILUTES_A_QUORUM {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                Set<String> panel(ApprovalGroup group, Device device) {
                    return effective(device);
                }
            };
        }
    },

    LOOKS_AT_FORMER_TAGS {
        @Override
        Model at(long now) {
            return new Model(now) {
                private final Map<Device, Set<String>> former = new HashMap<>();

                @Override
                List<ApprovalGroup> covering(Device device) {
                    Set<String> tags = former.computeIfAbsent(device, fresh -> fresh.tags);
                    return approvalGroups.values().stream()
                            .filter(group -> tags.containsAll(group.tags()))
                            .toList();
                }
            };
        }
    },

    CANCELS_NOTHING {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                void cancelGrants(Device device) {
                    // Keeps the grants.
                }
            };
        }
    },

    GIVES_A_FIFTH_PLACE {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                int places() {
                    return PLACES + 1;
                }
            };
        }
    },

    GIVES_NEIGHBOURS_A_PLACE {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                boolean isNeighbour(String one, String other) {
                    return false;
                }
            };
        }
    },

    KEEPS_NO_PLACE_FOR_THE_REGISTERED_SOURCE {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                boolean isRegistered(Device device, String source) {
                    return false;
                }
            };
        }
    },

    KEEPS_NO_PLACE_FOR_THE_LAST_COLLECTOR {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                boolean isLastCollector(Device device, String source) {
                    return false;
                }
            };
        }
    },

    NEVER_SAYS_ASKED_AGAIN {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                boolean isAskedAgain(Device device) {
                    return false;
                }
            };
        }
    },

    LETS_EVERY_ALLOWANCE_SKIP_RULES {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                boolean skips(Allowance allowance, String gate, Device device) {
                    return gate.equals("rule") || super.skips(allowance, gate, device);
                }
            };
        }
    },

    ASKS_NOBODY_WHERE_ONLY_A_RULE_ASKS {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                boolean asks(Device device) {
                    return false;
                }
            };
        }
    },

    ASKS_ALTHOUGH_THE_ALLOWANCE_SKIPS_RULES {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                boolean needsApproval(Device device, Optional<Allowance> allowance) {
                    return needsApproval(device) || asks(device);
                }
            };
        }
    },

    LETS_EVERY_GROUP_ASK {
        @Override
        Model at(long now) {
            return new Model(now) {
                @Override
                boolean needsApproval(Device device) {
                    return device.requireApproval || !covering(device).isEmpty();
                }
            };
        }
    };

    abstract Model at(long now);
}
