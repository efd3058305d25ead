"""Triage that explains itself: a category for the officer, likely duplicates for officer and reporter.

It suggests with reasons in words, learned from what offices decided, and never decides by itself. See docs/triage.md.

    suggesting.for_case(case)          the likeliest category, or nothing
    similar.for_case(case, actor)      likely duplicates among what the actor may see
    similar.for_reporter(...)          the same among public matters, before a report is sent
    training.learn(examples, at)       a model; needs scikit-learn and jieba, nothing else does
"""
