"""What answers to the exercises are checked against: one module for each chapter.

A chapter's page asks `check_x(x)` about your answer `x`. Here stands, exercise by exercise, what
that function does: the right answer (with a leading underscore), the cases on which yours must
agree with it, and the mistakes that people make, each under the sentence that you read if you
made it. Solve the exercise first: the right answers stand here in the open.
"""
