"""paper: an exam on sheets of paper, from the exam's text to answers read from marks.

plan_print(exam, students, …)       -> Print      every copy's sheets: where each box is, and what it means
draw_copies(print, pictures)        -> PDF        what is handed out
draw_key(print)                     -> PDF        the right answers in each copy's own letters
read_picture(picture, prints)       -> SheetRead  which sheet it is, and the state of each of its boxes
take_scans(store, gradebook, …)     -> Intake     every page with its fate; answers as from a file
pending(store)                      -> [Pending]  what waits for a person, with its picture
decide(store, sheet, item, value)   -> Decision   what the person says: never read again

`sheet` holds the geometry, in millimetres from the upper left corner: printing and scanning both stand on it. What a
print looks like is stored with it, so that neither a later key nor a later version of this program moves a box.
"""
