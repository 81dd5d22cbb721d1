"""Reference solutions: the lecture's methods, one idea a file, each to be read as a lecture note.

Pictures are arrays of shape (H, W), rows first. Points are (x, y), x to the right and y down, with pixel centres at
whole numbers; where it is otherwise the name says so: `corners_rc` are rows and columns.
"""
