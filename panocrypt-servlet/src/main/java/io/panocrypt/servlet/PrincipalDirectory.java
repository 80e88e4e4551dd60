package io.panocrypt.servlet;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.ExternalIdentity;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.Map;
import java.util.Optional;

/**
 * The users of the container, by {@code getUserPrincipal} and {@code isUserInRole}. Immutable and thread-safe; {@link
 * OperatorDirectory#ofPrincipal} makes one.
 *
 * <p>A user is the member with the principal's name as subject. The name must always be spelt the same. The role is the
 * container's at each request. A user who has lost all roles becomes a viewer in the store and gets 403.
 */
public final class PrincipalDirectory implements OperatorDirectory {
    private final Panocrypt panocrypt;
    private final String directory;
    private final Map<String, Role> roles;
    private final boolean makesMembers;

    PrincipalDirectory(Panocrypt panocrypt, String directory, Map<String, Role> roles, boolean makesMembers) {
        this.panocrypt = panocrypt;
        this.directory = directory;
        this.roles = Map.copyOf(roles);
        if (roles.containsValue(Role.SERVICE)) {
            throw new IllegalArgumentException("a user of a directory is a person: map to admin, approver or viewer");
        }
        this.makesMembers = makesMembers;
    }

    /**
     * A copy that makes a member of every user with a role when they come for the first time. Without it, such a user gets
     * 403 until an administrator has made the member.
     */
    public PrincipalDirectory membersOnFirstSight() {
        return new PrincipalDirectory(panocrypt, directory, roles, true);
    }

    @Override
    public Answer identify(HttpServletRequest request) {
        Principal principal = request.getUserPrincipal();
        if (principal == null) {
            return new Nobody("nobody is signed in", Optional.empty());
        }
        ExternalIdentity identity = new ExternalIdentity(directory, principal.getName());
        Optional<Role> role = roles.entrySet().stream()
                .filter(entry -> request.isUserInRole(entry.getKey()))
                .map(Map.Entry::getValue)
                .max(Role::compareTo);
        if (role.isEmpty()) {
            // Otherwise the votes of a former approver would still count.
            panocrypt.members().authenticate(identity, Role.VIEWER);
            throw forbidden("the user has no role here: ask for one in the directory " + directory);
        }
        return new Operator(member(identity, role.get()), true);
    }

    private Member member(ExternalIdentity identity, Role role) {
        return makesMembers
                ? panocrypt.members().admit(identity, role)
                : panocrypt
                        .members()
                        .authenticate(identity, role)
                        .orElseThrow(
                                () -> forbidden("not a member: an administrator must add the user of the directory "
                                        + directory + " first"));
    }

    private static OperationException forbidden(String problem) {
        return new OperationException(OperationException.Kind.FORBIDDEN, problem);
    }
}
