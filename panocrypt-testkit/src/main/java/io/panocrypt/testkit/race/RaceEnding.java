package io.panocrypt.testkit.race;

import io.panocrypt.policy.ApprovalGroups;
import io.panocrypt.policy.ApprovalTimes;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Lockdown;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.net.Cidr;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Acts after which no earlier grant may be used. */
enum RaceEnding {
    DISABLE {
        @Override
        void act(Panocrypt node, RaceStage stage) {
            node.devices().disable(RacingService.OPERATOR, stage.device.id());
        }

        @Override
        void undo(RaceStage stage) {
            stage.service.here.devices().enable(RacingService.OPERATOR, stage.device.id());
        }
    },

    REVOKE {
        @Override
        void act(Panocrypt node, RaceStage stage) {
            node.devices().revoke(RacingService.OPERATOR, stage.device.id(), stage.device.name());
        }

        @Override
        void undo(RaceStage stage) {
            // Cannot be undone.
        }
    },

    LOCKDOWN {
        @Override
        void act(Panocrypt node, RaceStage stage) {
            node.lockdowns().start(RacingService.OPERATOR, List.of(), "incident");
        }

        @Override
        void undo(RaceStage stage) {
            liftAll(stage);
        }
    },

    LOCKDOWN_BY_TAG {
        @Override
        void act(Panocrypt node, RaceStage stage) {
            node.lockdowns().start(RacingService.OPERATOR, List.of(stage.tag), "incident");
        }

        @Override
        void undo(RaceStage stage) {
            liftAll(stage);
        }
    },

    DENY_THE_DEVICE {
        @Override
        void act(Panocrypt node, RaceStage stage) {
            node.temporaryDenies().deny(RacingService.OPERATOR, stage.device.id(), null, Duration.ofHours(1), "stolen");
        }

        @Override
        void undo(RaceStage stage) {
            stage.service.here.temporaryDenies().lift(RacingService.OPERATOR, stage.device.id());
        }
    },

    EDIT_THE_LIST {
        @Override
        void act(Panocrypt node, RaceStage stage) {
            node.networkAccessLists()
                    .edit(
                            RacingService.OPERATOR,
                            stage.list.id(),
                            stage.list.version(),
                            null,
                            List.of(Cidr.parse("192.0.2.0/24")),
                            null);
        }
    },

    EDIT_THE_DEVICE {
        @Override
        void act(Panocrypt node, RaceStage stage) {
            Device seen = node.devices().get(stage.device.id());
            node.devices()
                    .edit(
                            RacingService.OPERATOR,
                            seen.id(),
                            seen.version(),
                            new DeviceChange(null, null, null, Set.of(), null, null, null, null, null, null),
                            false);
        }
    },

    REQUIRE_APPROVAL {
        @Override
        void act(Panocrypt node, RaceStage stage) {
            Device seen = node.devices().get(stage.device.id());
            node.devices()
                    .edit(
                            RacingService.OPERATOR,
                            seen.id(),
                            seen.version(),
                            DeviceChange.none().withRequireApproval(true),
                            false);
        }
    },

    CANCEL_THE_ALLOWANCES {
        @Override
        void act(Panocrypt node, RaceStage stage) {
            node.allowances().open(stage.device.id()).forEach(open -> cancel(node, stage, open));
        }

        private void cancel(Panocrypt node, RaceStage stage, Allowance open) {
            try {
                node.allowances().cancel(RacingService.OPERATOR, stage.device.id(), open.id());
            } catch (OperationException e) {
                if (e.kind() != OperationException.Kind.NOT_FOUND) {
                    throw e;
                }
                // Its last use was spent meanwhile.
            }
        }
    },

    LET_THE_ALLOWANCES_EXPIRE {
        @Override
        void act(Panocrypt node, RaceStage stage) {
            stage.service.clock.advance(Duration.ofMinutes(60));
        }
    },

    LET_THE_WINDOW_END {
        @Override
        void act(Panocrypt node, RaceStage stage) {
            stage.service.clock.advance(ApprovalTimes.DEFAULTS.window());
        }
    },

    REMOVE_THE_APPROVER {
        @Override
        void act(Panocrypt node, RaceStage stage) {
            node.members().delete(RacingService.OPERATOR, stage.alice.id(), true);
        }
    },

    DROP_THE_APPROVER_FROM_THE_GROUP {
        @Override
        void act(Panocrypt node, RaceStage stage) {
            edit(node, stage, new ApprovalGroups.Change(null, null, Set.of(stage.bob.id(), stage.carol.id()), null));
        }
    },

    RAISE_THE_QUORUM {
        @Override
        void act(Panocrypt node, RaceStage stage) {
            edit(node, stage, new ApprovalGroups.Change(null, null, null, 3));
        }
    };

    /** Whether time alone is the act: a decision made in time may be committed a moment later. */
    boolean isTime() {
        return this == LET_THE_WINDOW_END || this == LET_THE_ALLOWANCES_EXPIRE;
    }

    /** Acts on the node. */
    abstract void act(Panocrypt node, RaceStage stage);

    /** Allows the device to ask again, without its earlier grants. */
    void undo(RaceStage stage) {
        throw new UnsupportedOperationException(name());
    }

    private static void liftAll(RaceStage stage) {
        for (Lockdown standing : stage.service.here.lockdowns().list(null, 100).items()) {
            stage.service.here.lockdowns().lift(RacingService.OPERATOR, standing.id());
        }
    }

    private static void edit(Panocrypt node, RaceStage stage, ApprovalGroups.Change change) {
        node.approvalGroups()
                .edit(RacingService.OPERATOR, stage.group().id(), stage.group().version(), change, false);
    }
}
