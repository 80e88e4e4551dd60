package io.panocrypt.policy.internal.edit;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.ExternalIdentity;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.policy.spi.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What a service account has that a person has not, and the other way round: scopes; contacts, another role and a vote. */
public final class ServiceAccountRules {
    private static final int MAX_SCOPES = 32;

    private ServiceAccountRules() {}

    /** The role of a new member, who is a service account if there are scopes. */
    public static Role role(MemberChange wanted, Optional<ExternalIdentity> identity) {
        boolean wantsService = wanted.role() == Role.SERVICE;
        boolean mixed =
                wanted.scopes() == null ? wantsService : wanted.role() != null && !wantsService || identity.isPresent();
        if (mixed) {
            throw invalid("a service account has scopes and a token, and no other role");
        }
        return wanted.scopes() == null ? Objects.requireNonNullElse(wanted.role(), Role.VIEWER) : Role.SERVICE;
    }

    /** Refuses to make a service account of a person, or a person of a service account. */
    public static void checkChange(Member before, MemberChange change) {
        boolean isService = before.role() == Role.SERVICE;
        if (change.role() != null && isService != (change.role() == Role.SERVICE)) {
            throw invalid("a service account stays one, and nobody else becomes one: make another member");
        }
        if (change.scopes() != null && !isService) {
            throw invalid("only a service account has scopes");
        }
    }

    /** The wanted scopes, with tags as devices have them. */
    public static List<Scope> scopes(MemberChange wanted, List<Scope> before) {
        List<Scope> scopes = wanted.scopes();
        if (scopes == null) {
            return before;
        }
        if (scopes.isEmpty() || scopes.size() > MAX_SCOPES) {
            throw invalid("a service account has 1 to " + MAX_SCOPES + " scopes");
        }
        List<String> problems = new ArrayList<>();
        List<Scope> normalised = scopes.stream()
                .map(scope -> new Scope(scope.act(), Validation.normalisedTags(scope.tags())))
                .distinct()
                .toList();
        normalised.forEach(scope -> Validation.checkTags(scope.tags(), problems));
        Validation.refuse(problems);
        return normalised;
    }

    /** Adds a problem if a service account has contacts. */
    public static void checkContacts(Member member, List<String> problems) {
        if (member.role() == Role.SERVICE && !member.contacts().isEmpty()) {
            problems.add("a service account has no contacts");
        }
    }

    /** Adds a problem if a new approver or member of a user group is a service account. */
    public static void checkPerson(Store store, String id, List<String> problems) {
        store.get(RecordMapper.MEMBER, id)
                .flatMap(record -> RecordMapper.readIfReadable(record, Member.class))
                .filter(member -> member.role() == Role.SERVICE)
                .ifPresent(account -> problems.add("the service account " + account.name() + " cannot approve"));
    }

    private static OperationException invalid(String problem) {
        return new OperationException(OperationException.Kind.INVALID, problem);
    }
}
