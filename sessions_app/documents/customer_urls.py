"""The addresses of a customer's documents, below that of their room."""

from django.urls import path

from sessions_app.documents import customer_files, customer_views
from sessions_app.rooms.seats import customer_seat

_BELOW = "<uuid:session_id>/documents/<uuid:document_id>/"

customer_documents = [
    path(_BELOW, customer_seat(customer_views.page), name="document"),
    path(f"{_BELOW}values/", customer_seat(customer_views.saved), name="document_values"),
    path(f"{_BELOW}save/", customer_seat(customer_views.save_plainly), name="document_save"),
    path(f"{_BELOW}submit/", customer_seat(customer_views.submit), name="document_submit"),
    path(f"{_BELOW}opened/", customer_seat(customer_views.opened), name="document_opened"),
    path(f"{_BELOW}files/", customer_seat(customer_files.add_file), name="document_file"),
    path(f"{_BELOW}files/done/", customer_seat(customer_files.files_done), name="document_files_done"),
    path(f"{_BELOW}result/", customer_seat(customer_files.result), name="document_result"),
    path(
        f"{_BELOW}pages/<int:number>/",
        customer_files.privately_cached(customer_seat(customer_files.picture)),
        name="document_picture",
    ),
]
