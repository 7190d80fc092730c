"""Weighing: which of the possible supplies the story reports, learned from labelled stories.

The grammar (`frames`, `status`, `resolve`) knows many ways of saying "supply" and is mostly right about what it finds,
but a text may say it in a way that no rule foresaw, and name the party two sentences before. So every pair of parties
that a sentence could mean is described by what grammar and lexicons see of it, and a model weighs the description:
gradient-boosted trees for the pair (Friedman 2001), a regression over masked words for the sentence. A small
transformer, fitted to the same labels, that knows French from elsewhere, reads the sentence too, and what both say of a
pair is taken together: they err differently. So it is with the status, which a regression over masked words and grammar
reads beside it. Trees choose the materiel among what the story names. Names of parties are masked: what is learned is
how supplies are told and not which were in the news; the one thing known of parties is how often each supplied or
received in the labelled stories.

    reading     one parsed story: predicates, the grammar's events, who is named where
    features    what is seen of a sentence, of a party in a role, of a pair
    wording     masked words, for the sentence and the status
    materiel    what is seen of a category that a pair's supply may be of
    trees       boosted trees, evaluated
    regression  regressions over named features, evaluated
    marking     a sentence with the parties of a pair marked
    encoder     the transformer that reads whether a marked sentence tells a supply, and in which status
    model       what is learned, and the probabilities of one story
    choose      from probabilities to drafts of events

Fitting, which nothing at run time needs:

    learn       trees and regressions, to labelled stories (scikit-learn; `make learn`)
    labels      labelled stories as what is learned from
    sentences   labelled sentences, of which the encoder and the regression of the status learn
    tune        the encoder (JAX; `make tune`)
    pretrained  the weights that the encoder starts from
    export      the fitted encoder as files

Belongs here: what is learned and how it is used. Does not belong here: grammar, lexicons, the decision over the story.
"""
