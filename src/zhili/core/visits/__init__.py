"""Visits: what is due, who goes, when, by which lot; what was found there, in everybody's words.

catalogue.save(...)       an item: what is checked, by what right, by whom, with which questions
inspectors.save(...)      who may check, until when, in what, and where not
drawing.announce(...)     premises drawn by lot that anyone can run again; what was drawn is due
planning.plan(...)        due checks become visits, each with its reasons (base/merging)
officers.announce(...)    officers drawn by lot; who was passed over and why is kept
answers.keep(...)         a checklist's answers, also of a phone that comes back after days
yearly.left(...)          how many visits a business may still have this year
"""
