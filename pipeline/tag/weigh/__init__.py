"""Weighing: which of the possible supplies the story reports, learned from labelled stories.

The grammar (`frames`, `status`, `resolve`) knows many ways of saying "supply" and is mostly right about what it finds,
but a text may say it in a way that no rule foresaw, and name the party two sentences before. So every pair of parties
that a sentence could mean is described by what grammar and lexicons see of it, and a model weighs the description:
gradient-boosted trees for the pair (Friedman 2001), multinomial regressions over masked words for the sentence and the
status. Names of parties and of materiel are masked: the model learns how supplies are told and not which were in the
news; the one thing it knows of parties is how often each supplied or received in the labelled stories.

    reading     one parsed story: predicates, the grammar's events, who is named where
    features    what is seen of a sentence, of a party in a role, of a pair
    wording     masked words, for the sentence and the status
    trees       boosted trees, evaluated
    words       regressions over named features, evaluated
    model       the learned file, and the probabilities of one story
    choose      from probabilities to drafts of events
    learn       fitting the model to labelled stories (needs scikit-learn; `make learn`)

Belongs here: what is learned and how it is used. Does not belong here: grammar, lexicons, the decision over the story.
"""
